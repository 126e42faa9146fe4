"""Passkeys (WebAuthn). One shows possession of a device and, since it always asks for a PIN, a
finger or a face, the person too: it counts as both factors."""

from __future__ import annotations

import json
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import webauthn
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from app.board.refusal import Refused

_ALWAYS = UserVerificationRequirement.REQUIRED


class Known(NamedTuple):
    """A passkey after a ceremony: its id in base64url, its key, and how often it says it signed."""

    id: str
    public_key: bytes
    sign_count: int


class Site(NamedTuple):
    """Where passkeys hold: this site's name, and the origin from which browsers may show them."""

    name: str
    origin: str

    @classmethod
    def at(cls, url: str) -> Site:
        parts = urlsplit(url)
        return cls(parts.hostname or "", f"{parts.scheme}://{parts.netloc}")


def ask_to_make(site: Site, account_id: str, email: str, name: str, known: list[str]) -> Any:
    """What a browser needs to make a passkey; `known`: the ids of those that they have."""
    options = webauthn.generate_registration_options(
        rp_id=site.name,
        rp_name="Kinboard",
        user_id=account_id.encode(),
        user_name=email,
        user_display_name=name,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=_ALWAYS
        ),
        exclude_credentials=[
            PublicKeyCredentialDescriptor(id=base64url_to_bytes(one)) for one in known
        ],
    )
    return json.loads(webauthn.options_to_json(options))


def made(site: Site, options: Any, answer: str) -> Known:
    """The passkey that a browser made. Raises Refused "passkey_failed"."""
    try:
        proof = webauthn.verify_registration_response(
            credential=answer,
            expected_challenge=base64url_to_bytes(options["challenge"]),
            expected_rp_id=site.name,
            expected_origin=site.origin,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError) as wrong:
        raise Refused("passkey_failed", "passkey") from wrong
    key = bytes_to_base64url(proof.credential_id)
    return Known(key, proof.credential_public_key, proof.sign_count)


def user_of(options: Any) -> str:
    """The account for which a browser was asked to make a passkey."""
    return base64url_to_bytes(options["user"]["id"]).decode()


def ask_to_show(site: Site) -> Any:
    """What a browser needs to show a passkey; it offers those that it has for this site."""
    options = webauthn.generate_authentication_options(rp_id=site.name, user_verification=_ALWAYS)
    return json.loads(webauthn.options_to_json(options))


def id_in(answer: str) -> str:
    """The id that an answer claims, "" where it cannot be read."""
    try:
        claimed = json.loads(answer)["id"]
    except (ValueError, TypeError, KeyError, RecursionError):
        return ""
    plain = isinstance(claimed, str) and claimed.isascii() and claimed.isprintable()
    return claimed if plain else ""


def shown(site: Site, options: Any, answer: str, known: Known) -> Known:
    """The passkey that a browser showed. Raises Refused "passkey_failed"."""
    try:
        proof = webauthn.verify_authentication_response(
            credential=answer,
            expected_challenge=base64url_to_bytes(options["challenge"]),
            expected_rp_id=site.name,
            expected_origin=site.origin,
            credential_public_key=known.public_key,
            credential_current_sign_count=known.sign_count,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError) as wrong:
        raise Refused("passkey_failed", "passkey") from wrong
    return known._replace(sign_count=proof.new_sign_count)

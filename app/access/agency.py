"""The agency's own sign-in, by OpenID Connect: authorization code with PKCE, state and nonce."""

from __future__ import annotations

import time
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import httpx2
from authlib.integrations.base_client import OAuthError
from authlib.integrations.starlette_client import StarletteOAuth2App
from joserfc.errors import JoseError

from app.board.refusal import Refused
from app.settings import Settings

# How long ago somebody may have signed in there, when they are asked to again, in seconds.
_AGAIN_WITHIN = 300
_LEEWAY = 60


class Claims(NamedTuple):
    """Who the agency says this is. `strong`: it asked them for a second factor."""

    issuer: str
    subject: str
    email: str
    name: str
    strong: bool


class Agency:
    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._strong = set(_listed(settings.oidc_strong))
        self.domains = set(_listed(settings.oidc_domains.lower()))

    @cached_property
    def _provider(self) -> StarletteOAuth2App:
        settings = self._settings
        secret = Path(settings.oidc_client_secret_file).read_text(encoding="utf-8").strip()
        issuer = settings.oidc_issuer.rstrip("/")
        return StarletteOAuth2App(
            None,
            client_id=settings.oidc_client_id,
            client_secret=secret,
            server_metadata_url=f"{issuer}/.well-known/openid-configuration",
            client_kwargs={"scope": "openid email profile", "code_challenge_method": "S256"},
        )

    async def ask(self, back: str, again: bool) -> dict[str, Any]:
        """{"url": where the browser goes, "state", "nonce", "code_verifier", "back", "again"}.

        `back` is where it returns to; with `again` people have to sign in there anew.
        Raises Refused "agency_failed".
        """
        more: dict[str, Any] = {"prompt": "login", "max_age": _AGAIN_WITHIN} if again else {}
        try:
            asked = await self._provider.create_authorization_url(back, **more)
        except (httpx2.HTTPError, OAuthError, ValueError, OSError, RuntimeError) as failure:
            raise Refused("agency_failed") from failure
        return asked | {"back": back, "again": again}

    async def answer(self, asked: dict[str, Any], told: dict[str, str]) -> Claims:
        """Who came back. `told`: the parameters with which they did. Raises Refused."""
        if "code" not in told or told.get("state") != asked["state"]:
            raise Refused("agency_failed")
        issuer = self._settings.oidc_issuer
        # RFC 9207: an answer that names another issuer is somebody else's.
        if told.get("iss", issuer) != issuer:
            raise Refused("agency_failed")
        wanted = {
            "iss": {"essential": True, "value": issuer},
            "aud": {"essential": True, "value": self._settings.oidc_client_id},
        }
        try:
            token = await self._provider.fetch_access_token(
                asked["back"], code=told["code"], code_verifier=asked["code_verifier"]
            )
            claims = await self._provider.parse_id_token(
                token, asked["nonce"], claims_options=wanted, leeway=_LEEWAY
            )
            if claims is not None and "email" not in claims:
                claims |= await self._userinfo(token, claims["sub"])
        except (httpx2.HTTPError, OAuthError, JoseError, ValueError, KeyError) as failure:
            raise Refused("agency_failed") from failure
        if claims is None or (asked["again"] and not _is_recent(claims)):
            raise Refused("agency_failed")
        shown = {claims.get("acr"), *claims.get("amr", [])}
        verified = claims.get("email_verified") is True
        return Claims(
            issuer=issuer,
            subject=str(claims["sub"]),
            email=str(claims.get("email", "")).lower() if verified else "",
            name=str(claims.get("name", "")),
            strong=bool(self._strong & shown),
        )

    async def _userinfo(self, token: dict[str, Any], subject: str) -> dict[str, Any]:
        told = await self._provider.userinfo(token=token)
        if told.get("sub") != subject:
            raise ValueError("userinfo is about somebody else")
        return {name: told[name] for name in ("email", "email_verified", "name") if name in told}


def _is_recent(claims: Any) -> bool:
    at = claims.get("auth_time")
    return isinstance(at, int | float) and at >= time.time() - _AGAIN_WITHIN - _LEEWAY


def _listed(text: str) -> list[str]:
    return [part for part in text.replace(",", " ").split() if part]

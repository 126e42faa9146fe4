"""What programs are told at /openapi.json is what happens, whatever they send (schemathesis)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import httpx
import pytest
import schemathesis
from openapi_spec_validator import validate
from schemathesis.checks import CHECKS
from schemathesis.config import SchemathesisConfig

from app.main import create_app
from tests.security.houses import UNHURRIED, faults
from tests.server import Meeting, Server, new_meeting

CONFIG = SchemathesisConfig.from_dict(
    {
        "generation": {"deterministic": True, "max-examples": 20, "database": "none"},
        "phases": {"stateful": {"enabled": False}},
    }
)
DESCRIBED = create_app().openapi()
described = schemathesis.openapi.from_dict(DESCRIBED, config=CONFIG)
# What may stand in a text is more than a JSON schema can say, so a 422 is right for some of it.
NOT_ASKED = CHECKS.get_by_names(["positive_data_acceptance"])


@dataclass
class Apart:
    """Two facilitators who know nothing of each other, and a meeting of each."""

    server: Server
    mine: Meeting
    foreign: Meeting
    foreign_family: str
    my_family: str


@pytest.fixture(scope="module")
def apart(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Apart]:
    server = Server(tmp_path_factory.mktemp("openapi"), **UNHURRIED).start()
    mine, my_family = new_meeting(server), family_of(server)
    sam, server.token = server.token, server.kinboard("token", "Other")
    foreign, foreign_family = new_meeting(server), family_of(server)
    server.token = Token.shown = sam
    yield Apart(server, mine, foreign, foreign_family, my_family)
    assert not faults(server)
    server.stop()


def family_of(server: Server) -> str:
    headers = {"authorization": f"Bearer {server.token}"}
    return httpx.get(f"{server.url}/api/families", headers=headers).json()[0]["id"]


def invitation_of(meeting: Meeting) -> str:
    made = meeting.post("invitations", {"called": "Elena"})
    return made.json().get("id", "0" * 26)  # another's meeting invites nobody for us


@described.auth()
class Token:
    """What the running server takes; schemathesis leaves it out to see whether it is asked for."""

    shown = ""

    def get(self, case, context) -> str:
        return self.shown

    def set(self, case, data: str, context) -> None:
        case.headers["Authorization"] = f"Bearer {data}"


def test_it_is_the_description_that_is_served(apart: Apart) -> None:
    served = httpx.get(f"{apart.server.url}/openapi.json").json()
    assert served == DESCRIBED
    validate(served)
    bearer = served["components"]["securitySchemes"]["HTTPBearer"]
    assert (bearer["type"], bearer["scheme"]) == ("http", "bearer")
    for path, methods in served["paths"].items():
        for told in methods.values():
            assert bool(told.get("security")) == (path != "/api/join"), path
            for status in set(told["responses"]) - {"200", "201"}:
                content = told["responses"][status]["content"]["application/json"]
                assert content["schema"]["$ref"].endswith("/Error"), (path, status)


@described.parametrize()
def test_every_answer_is_as_described(case, apart: Apart) -> None:
    case.call_and_validate(base_url=apart.server.url, excluded_checks=NOT_ASKED)


@described.parametrize()
def test_it_holds_for_what_there_is_and_keeps_what_is_anothers(case, apart: Apart) -> None:
    if not case.path_parameters:
        return
    names = set(case.path_parameters)
    for meeting, family in (
        (apart.mine, apart.my_family),
        (apart.foreign, apart.foreign_family),
    ):
        known = {
            "meeting_id": meeting.id,
            "family_id": family,
            "person_id": meeting.facilitator.person,
            "invitation_id": invitation_of(meeting),
        }
        case.path_parameters = {name: known[name] for name in names}
        answer = case.call(base_url=apart.server.url)
        told = case.operation.definition.raw["responses"]
        assert str(answer.status_code) in told or answer.status_code == 405, answer.text
        if meeting is apart.foreign:
            assert answer.status_code >= 400 and meeting.id not in answer.text
            assert "Rivera" not in answer.text
        if answer.status_code < 400:
            case.operation.validate_response(answer)
        else:
            assert set(answer.json()["error"]) == {"code", "field", "message"}


@pytest.mark.parametrize("path", [path for path in DESCRIBED["paths"] if "{" in path])
def test_what_is_anothers_answers_as_what_is_not_there(apart: Apart, path: str) -> None:
    """Word for word: nobody finds out which ids exist."""
    headers = {"authorization": f"Bearer {apart.server.token}"}
    for method in DESCRIBED["paths"][path]:
        told = []
        for meeting, family in ((apart.foreign.id, apart.foreign_family), ("0" * 26, "0" * 26)):
            person = apart.foreign.facilitator.person
            address = path.format(
                meeting_id=meeting, family_id=family, person_id=person, invitation_id=meeting
            )
            wish = {"title": "First meeting", "role": "family"}
            wish = {name: wish[name] for name in wishes(path, method)}
            answer = httpx.request(method, apart.server.url + address, headers=headers, json=wish)
            told.append((answer.status_code, answer.content))
        assert told[0] == told[1] and told[0][0] == 404, (method, path)


def wishes(path: str, method: str) -> list[str]:
    if method == "post" and path.endswith("/meetings"):
        return ["title"]
    return ["role"] if path.endswith("/admit") else []

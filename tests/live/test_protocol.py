"""docs/protocol.md is complete, its example runs, and the REST routes are as they are described."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from dataclasses import fields

import httpx
import pytest
from openapi_spec_validator import validate

from app import everything  # noqa: F401
from app.board.commands import COMMANDS
from app.board.events import Event
from app.board.items import KINDS
from app.fragments.sentences import SENTENCES
from app.settings import ROOT
from tests.server import Server, new_meeting

PAGE = (ROOT / "docs" / "protocol.md").read_text(encoding="utf-8")


def section(number: int) -> str:
    return re.split(r"^## \d+\. ", PAGE, flags=re.M)[number]


def refusals() -> set[str]:
    """Every code with which something is refused anywhere."""
    codes = set()
    for path in (ROOT / "app").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            name = getattr(node.func, "id", "")
            first = node.args[0]
            if name == "Refused" and isinstance(first, ast.Constant):
                codes.add(first.value)
    return codes


@pytest.mark.parametrize("name", [name for name, one in COMMANDS.items() if not one.internal])
def test_every_command_and_each_of_its_fields_is_described(name: str) -> None:
    row = next(line for line in section(4).splitlines() if f"`{name}`" in line)
    for field, info in COMMANDS[name].model_fields.items():
        assert re.search(rf"\b{field}\b", row), field
        if name != "words.write":
            assert (f"*{field}*" in row) != info.is_required(), field


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_item_and_each_field_is_described(kind: str) -> None:
    row = next(line for line in section(7).splitlines() if line.startswith(f"| `{kind}`"))
    for one in fields(KINDS[kind]):
        if one.name not in ("id", "by", "pos", "born", "rev", "withdrawn"):
            assert re.search(rf"\b{one.name}\b", row), one.name


def test_every_event_and_error_is_described() -> None:
    for command in COMMANDS.values():
        assert f"`{command.event}`" in section(5), command.event
    for one in fields(Event):
        assert f'"{one.name}"' in section(5), one.name
    for code in refusals() | set(SENTENCES):
        assert f"`{code}`" in section(9), code
    assert refusals() <= set(SENTENCES)


def test_every_close_code_is_described() -> None:
    source = "".join(path.read_text() for path in (ROOT / "app").rglob("*.py"))
    for code in set(re.findall(r"\b(4[0-9]{3}|10(?:07|09|1[0-9]))\b", source)) - {"4096"}:
        assert f"| {code} |" in section(9), code


def test_the_example_runs(server: Server) -> None:
    run = subprocess.run(
        [sys.executable, ROOT / "docs" / "examples" / "board_bot.py", server.url],
        env=os.environ | {"KINBOARD_TOKEN": server.token},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert run.returncode == 0, run.stderr
    assert "refused: empty text" in run.stdout
    assert "worries: My night shifts change every week" in run.stdout
    assert "working: I come when Rosa calls" in run.stdout


def test_the_rest_routes_are_described_correctly(server: Server) -> None:
    described = httpx.get(f"{server.url}/openapi.json").json()
    validate(described)
    for path, methods in described["paths"].items():
        for method in methods:
            assert f"`{method.upper()} {path}`" in PAGE, path


def test_the_rest_routes_answer_as_described(server: Server) -> None:
    described = httpx.get(f"{server.url}/openapi.json").json()
    meeting = new_meeting(server)
    client = httpx.Client(base_url=server.url)
    mine = {"authorization": f"Bearer {server.token}"}
    for path, methods in described["paths"].items():
        for method, route in methods.items():
            address = path.format(
                family_id="none", meeting_id=meeting.id, person_id="none", invitation_id="none"
            )
            if path != "/api/join":
                answer = client.request(method, address, json={})
                assert answer.status_code == 401 and "401" in route["responses"]
                assert answer.json()["error"]["code"] == "not_let_in"
            answer = client.request(method, address, json=["no", "object"], headers=mine)
            assert str(answer.status_code) in route["responses"], (path, answer.text)
            if answer.status_code >= 400:
                assert set(answer.json()["error"]) == {"code", "field", "message"}
    other = client.get(f"/api/meetings/{meeting.id}/people", headers={"authorization": "Bearer x"})
    assert other.status_code == 401
    assert client.get("/api/nothing", headers=mine).status_code == 404

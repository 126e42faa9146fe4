"""`kinboard setup`, `account` and `token` on the command line; and what the logs hold of it all."""

from __future__ import annotations

import logging
import re
import subprocess
import sys

import httpx
import pytest

from app.access import codes
from app.board.refusal import Refused
from app.desk import factors, members, signing_in
from app.settings import ROOT
from tests.colleagues import PASSWORD, Colleague, boss_of
from tests.houses import new_house
from tests.server import Server


def refused(server: Server, *arguments: str) -> str:
    """What a command says that cannot be done."""
    run = subprocess.run(
        [sys.executable, "-m", "app.cli", *arguments],
        cwd=ROOT, env=server.environment, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert run.returncode == 1 and run.stdout == "" and "Traceback" not in run.stderr
    return run.stderr


def test_setting_up_happens_once_and_there_is_no_default_password(own_server: Server) -> None:
    for email in ("admin@example.org", "sam@demo.example"):
        page = Colleague(own_server, email).first_step("admin admin admin")
        assert page.status_code == 422
    assert httpx.get(f"{own_server.url}/enter/x").status_code == 403  # a demo's alone
    boss = boss_of(own_server)
    again = ["--organisation", "B", "--team", "T", "--email", "b@b.example", "--name", "B"]
    assert "already" in refused(own_server, "setup", *again)

    ngozi = Colleague(own_server, "ngozi@agency.example")
    added = ["account", "add", "Ngozi@Agency.example", "Ngozi", "--team", "North"]
    ngozi.welcome(own_server.kinboard(*added))
    assert ngozi.get("/desk").status_code == 200
    assert "(email)" in refused(own_server, *added)
    assert "(team)" in refused(own_server, *added[:3], "X", "--team", "Nowhere")
    assert "(email)" in refused(own_server, "account", "reset", "nobody@agency.example")
    link = own_server.kinboard("account", "reset", ngozi.email, "--factors")
    assert ngozi.get("/desk").url.path == "/desk/sign-in"
    ngozi.welcome(link)
    assert boss.get("/desk").url.path == "/desk"


async def test_the_logs_name_nobody(tmp_path, caplog: pytest.LogCaptureFixture) -> None:
    """Whatever happens with an account, what is noticed of it holds ids and nothing else."""
    house = await new_house(f"sqlite:///{tmp_path}/board.db")
    try:
        with caplog.at_level(logging.DEBUG):
            organisation = await members.add_organisation(house, "Harbor County")
            email = "ngozi@agency.example"
            ngozi = await members.add_person(house, organisation.id, email, "Ngozi Adeyemi")
            link = await members.reset(house, ngozi)
            await signing_in.use_link(house, link, PASSWORD)
            with pytest.raises(Refused):
                await signing_in.with_password(house, email, "wrong words", "192.0.2.77")
            ngozi = await signing_in.with_password(house, email, PASSWORD, "192.0.2.77")
            secret = codes.new_secret()
            with pytest.raises(Refused):
                await factors.set_up_authenticator(house, ngozi, secret, "000000")
            recovery = await factors.new_recovery_codes(house, ngozi)
            with pytest.raises(Refused):
                await signing_in.with_code(house, ngozi, "123456", "192.0.2.77")
            await signing_in.with_code(house, ngozi, recovery[0], "192.0.2.77")
            token = await members.add_token(house, ngozi, "Night shift bot")
    finally:
        await house.stop()
    told = [record.getMessage() for record in caplog.records if record.name == "kinboard.access"]
    kinds = {line.split()[0] for line in told}
    assert {"account_added", "sign_in_failed", "second_factor_failed", "recovery_code_used"} < kinds
    for line in told:
        assert re.fullmatch(r"[a-z_]+( (account|session)=[0-9a-z]{26})*", line), line
    everything = caplog.text
    for word in (email, "Ngozi", "Adeyemi", PASSWORD, "wrong words", "192.0.2.77", secret, token,
                 link, recovery[0], "Night shift"):  # fmt: skip
        assert word not in everything, word

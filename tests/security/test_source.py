"""What the source itself must not hold, and what it must say."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from app.fragments.engine import FRONTEND, STATIC, environment
from app.settings import ROOT

TEMPLATES = FRONTEND / "templates"

SECRETS = {
    "a private key": r"-----BEGIN [A-Z ]*PRIVATE KEY",
    "a cloud key": r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b",
    "a token of a code host": r"\b(?:ghp|gho|ghs|github_pat|glpat|npm)_[A-Za-z0-9_]{20,}",
    "a signed token": r"\beyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\.",
    "a password in an address": r"\b[a-z][a-z+]*://[^/\s:@\"'{}]+:[^/\s:@\"'{}<]{3,}@",
    "a secret that is set": r"(?i)\b(?:secret|password|token|api_?key)\b"
    r"\s*[:=]\s*[\"'][A-Za-z0-9+/_-]{24,}[\"']",
    "a path of somebody's machine": r"(?<![\w./-])/(?:home|Users|root|work|mnt)/[\w.-]+",
    "the address of a package registry": r"(?i)(?:index-url|registry|find-links)"
    r"\s*[=:]\s*\S*//|pypi\.org/simple|/artifactory/",
}
# Written by hand to be like secrets: in tests of how such things are found or refused.
MEANT = {"tests/security/test_source.py"}


def committed() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [ROOT / name for name in listed.stdout.splitlines() if (ROOT / name).is_file()]


def texts() -> dict[str, str]:
    found = {}
    for path in committed():
        name = path.relative_to(ROOT).as_posix()
        content = path.read_bytes()
        if name not in MEANT and b"\0" not in content[:8000]:
            found[name] = content.decode("utf-8", "replace")
    return found


@pytest.mark.parametrize("what", SECRETS)
def test_no_committed_file_holds_a_secret(what: str) -> None:
    pattern = re.compile(SECRETS[what])
    hits = []
    for name, text in texts().items():
        hits += [(name, hit[0][:60]) for hit in pattern.finditer(text)]
    assert not hits, what


@pytest.mark.parametrize(
    ("what", "text"),
    [
        ("a private key", "-----BEGIN EC PRIVATE KEY-----"),
        ("a cloud key", "AKIA" + "A" * 16),
        ("a token of a code host", "ghp_" + "a" * 36),
        ("a signed token", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.x"),
        ("a password in an address", "postgresql://kin:hunter22@db/kin"),
        ("a secret that is set", 'token = "' + "a1" * 20 + '"'),
        ("a path of somebody's machine", "see /home/sam/kinboard"),
        ("the address of a package registry", "index-url = https://packages.example/simple"),
    ],
)
def test_the_search_finds_what_it_is_for(what: str, text: str) -> None:
    assert re.search(SECRETS[what], text)


def test_no_database_key_or_log_is_committed() -> None:
    names = [path.relative_to(ROOT).as_posix() for path in committed()]
    assert not [one for one in names if re.search(r"\.(db|sqlite3?|pem|key|env|log)$|^data/", one)]


def test_templates_escape_and_run_nothing_of_their_own() -> None:
    assert environment("en").autoescape is True
    for path in TEMPLATES.rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        assert "|safe" not in text.replace(" ", "") and "autoescape false" not in text, path
        assert not re.search(r"\son[a-z]+=|javascript:|\sstyle=|<style|srcdoc=|<iframe", text), path
        for script in re.findall(r"<script[^>]*>", text):
            assert "src=" in script or 'type="application/json"' in script, (path, script)


def test_pages_load_nothing_from_elsewhere() -> None:
    for path in [*TEMPLATES.rglob("*.html"), *(STATIC / "css").glob("*.css")]:
        text = path.read_text(encoding="utf-8")
        found = re.findall(
            r"(?:src|href|action|url\()\s*=?\s*[\"'(]?(?:https?:)?//[^\s\"')]+", text
        )
        assert not found, (path, found)


def test_scripts_make_no_code_of_words() -> None:
    """One place makes HTML of what the server rendered; nothing else becomes markup or code."""
    sinks = re.compile(
        r"\beval\(|new Function|document\.write|insertAdjacentHTML|\bouterHTML\s*=|postMessage"
        r"|addEventListener\(\"message\"|\.innerHTML\s*="
    )
    found = [
        (path.name, hit[0])
        for path in (STATIC / "js").glob("*.js")
        for hit in sinks.finditer(path.read_text(encoding="utf-8"))
    ]
    # Tabs of one browser tell each other that they leave: a word, and no markup.
    assert set(found) == {("trusted.js", ".innerHTML ="), ("leave.js", "postMessage")}


def test_no_risky_code_is_known() -> None:
    """bandit, as `make check` runs it."""
    run = subprocess.run(
        [sys.executable, "-m", "bandit", "-q", "-r", "-c", "pyproject.toml", "app", ".ci"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stdout


def test_every_package_is_pinned_to_its_content() -> None:
    for name in ("requirements.lock", "requirements-dev.lock"):
        text = (ROOT / name).read_text(encoding="utf-8").replace("\\\n", " ")
        lines = [line for line in text.splitlines() if line and not line.startswith((" ", "#"))]
        assert lines and all("==" in line and "--hash=sha256:" in line for line in lines), name
    made = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert made.count("--require-hashes -r") == 2
    assert ".ci/audit_packages.py" in made and "bandit" in made


def test_what_is_deployed_is_only_what_runs() -> None:
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").split()
    assert ignored[0] == "*" and not {"!.git", "!tests", "!data"} & set(ignored)
    unit = (ROOT / "deploy" / "kinboard.service").read_text(encoding="utf-8")
    for line in ("User=kinboard", "NoNewPrivileges=yes", "ProtectSystem=strict", "UMask=0077"):
        assert line in unit, line
    assert "USER kinboard" in (ROOT / "deploy" / "Dockerfile").read_text(encoding="utf-8")

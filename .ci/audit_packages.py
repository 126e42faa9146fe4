"""Asks whether a weakness is known in any package that the lock files pin.

Fails where one is known. Where the service that knows of weaknesses does not answer (a machine
without the internet), it says so in one line and passes: run it again where it does.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

# It holds the packages that run and those that test.
LOCK = Path(__file__).resolve().parent.parent / "requirements-dev.lock"
# Seconds: for one answer, and for all of them.
ONE_ANSWER, ALL_ANSWERS = 5, 30


def main() -> int:
    pinned = sorted(set(re.findall(r"^[\w.-]+==[\w.]+", LOCK.read_text(), re.M)))
    # One is asked about first, so that nobody waits for a service that is not there.
    packages = ask(pinned) if answers(ask(pinned[:1])) else []
    answered = answers(packages)
    if not answered:
        print("Known weaknesses in packages: not looked up, since the service does not answer.")
        return 0
    weak = [package for package in answered if package["vulns"]]
    for package in weak:
        for weakness in package["vulns"]:
            fixed = ", ".join(weakness["fix_versions"]) or "no version yet"
            print(f"{package['name']} {package['version']}: {weakness['id']}, fixed in {fixed}")
    print(f"Known weaknesses in {len(answered)} of {len(packages)} packages: {len(weak)} weak.")
    return 1 if weak else 0


def ask(pinned: list[str]) -> list[dict[str, Any]]:
    """Each package with its `vulns`, or with a `skip_reason`; nothing where nobody answers."""
    command = [sys.executable, "-m", "pip_audit", "--format", "json", "--progress-spinner", "off"]
    command += ["--timeout", str(ONE_ANSWER), "--disable-pip", "--no-deps", "--requirement"]
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as listed:
        listed.write("\n".join(pinned))
        listed.flush()
        command.append(listed.name)
        try:
            run = subprocess.run(command, capture_output=True, text=True, timeout=ALL_ANSWERS)
            if run.stderr.startswith("usage:"):
                raise SystemExit(run.stderr)
            return json.loads(run.stdout)["dependencies"]
        except (subprocess.TimeoutExpired, ValueError):
            return []


def answers(packages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [package for package in packages if "skip_reason" not in package]


if __name__ == "__main__":
    sys.exit(main())

"""A client in another language, from the contract alone."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import google
import pytest

from tests.e2e.world import Account

FOLDER = Path(__file__).parent.parent / "clients" / "node"
PROTOS = Path(__file__).parents[2] / "protos"


@pytest.fixture(scope="module")
def node() -> str:
    """The program; its packages are installed once, from the lock file. Skips the test where there is none."""
    found, npm = shutil.which("node"), shutil.which("npm")
    if not found or not npm:
        message = "Node is not installed: apt install nodejs npm."
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    lock = FOLDER / "package-lock.json"
    installed = FOLDER / "node_modules" / ".package-lock.json"
    if not installed.exists() or installed.stat().st_mtime < lock.stat().st_mtime:
        subprocess.run((npm, "ci", "--no-audit", "--no-fund"), cwd=FOLDER, check=True, capture_output=True)
    return found


def test_it_creates_runs_and_watches_a_check(node: str, account: Account, connection_id: str) -> None:
    stack = account.world.stack
    folders = [str(PROTOS), *(str(Path(place).parent) for place in google.__path__)]
    ran = subprocess.run(
        (node, "client.js", ":".join(folders), stack.grpc_address("check"), stack.grpc_address("results"), account.key,
         connection_id),
        cwd=FOLDER, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    seen = json.loads(ran.stdout)
    assert seen["state"] == "JOB_STATE_SUCCEEDED"
    assert seen["results"] == [{"outcome": "OUTCOME_ERROR", "value": 120, "check_type": "nulls_count"}]
    assert seen["missing"] == 5
    assert seen["refused"] == 16

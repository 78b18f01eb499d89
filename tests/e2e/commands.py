"""The `dq` command as a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

DQ = str(Path(sys.executable).with_name("dq"))
OURS = ("DQ_", "DATABASE_URL", "REDIS_URL", "ENCRYPTION_KEY", "API_KEY_HEADER", "DEBUG")


def environment(**changes: str) -> dict[str, str]:
    """This process's environment without our settings, wide enough for tables, and with the changes."""
    bare = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
    return bare | {"COLUMNS": "200", "NO_COLOR": "1"} | changes


def dq(*arguments: str, env: Mapping[str, str], cwd: Path, seconds: float = 60) -> subprocess.CompletedProcess[str]:
    """Run `dq` with these arguments in a folder and wait for its end."""
    return subprocess.run(
        (DQ, *arguments),
        env=dict(env),
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
    )


def answer(process: subprocess.CompletedProcess[str], code: int = 0) -> Any:
    """What a command with `--json` printed; it must have ended with the code."""
    assert process.returncode == code, f"{process.args}: {process.returncode}\n{process.stdout}\n{process.stderr}"
    return json.loads(process.stdout)

"""An S3 for tests (moto), and a DuckDB with its extensions for object stores, in an environment of their own.

The extensions come as Python packages, for a DuckDB older than the project's: that is what the environment is for.
"""

from __future__ import annotations

import json
import os
import subprocess
import urllib.request
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.error import URLError

from rich.console import Console

from local.child import Command
from local.ports import LOOPBACK, any_free
from local.supervisor import Service, Supervisor
from tests.engines.environments import python_with
from tests.engines.places import reachable_directory

ROOT = Path(__file__).resolve().parents[2]
KEY = {"s3_access_key_id": "testing", "s3_secret_access_key": "te's;ting"}
INSTALL = """
import duckdb, pathlib, sys
for package in pathlib.Path(duckdb.__file__).parent.parent.glob("duckdb_extension_*/extensions/*/*.duckdb_extension"):
    duckdb.execute(f"INSTALL '{package}'")
"""


class ObjectStore:
    """Usable inside a `with` block; `settings` reach it."""

    def __init__(self) -> None:
        self._port = any_free()
        self.settings = {**KEY, "s3_endpoint": f"{LOOPBACK}:{self._port}", "s3_use_ssl": False, "s3_url_style": "path"}

    def __enter__(self) -> Self:
        self._python = python_with("object_store")
        with ExitStack() as cleanup:
            self._home = cleanup.enter_context(reachable_directory())
            supervisor = cleanup.enter_context(Supervisor(Console(quiet=True)))
            supervisor.start([self._service()])
            self._run("-c", INSTALL)
            self._exit = cleanup.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._exit.close()

    def put(self, path: str, content: bytes = b"") -> None:
        """Create `bucket/key`, or the bucket alone."""
        # The stand-in wants to see a key, and takes any.
        headers = {"Authorization": "AWS4-HMAC-SHA256 Credential=testing/20250101/us-east-1/s3/aws4_request"}
        headers["Content-Type"] = "application/octet-stream"
        url = f"http://{LOOPBACK}:{self._port}/{path}"
        request = urllib.request.Request(url, data=content or None, method="PUT", headers=headers)
        urllib.request.urlopen(request).close()

    def ask(self, settings: Mapping[str, Any], *statements: str, **environment: str) -> dict[str, Any]:
        """What a session with these settings answers, see `duckdb_session`."""
        question = json.dumps({"settings": settings, "statements": statements})
        answer = self._run("-m", "tests.engines.duckdb_session", input=question, **environment)
        found: dict[str, Any] = json.loads(answer)
        return found

    def run(self, code: str) -> str:
        """What Python code prints in the environment that has the extensions."""
        return self._run("-c", code)

    def _run(self, *arguments: str, input: str = "", **environment: str) -> str:
        env = {"PATH": os.defpath, "HOME": str(self._home), "PYTHONPATH": str(ROOT), **environment}
        made = subprocess.run(
            (str(self._python), *arguments), env=env, input=input, text=True, capture_output=True, check=False
        )
        assert made.returncode == 0, made.stderr
        return made.stdout

    def _service(self) -> Service:
        argv = (str(self._python), "-m", "moto.server", "-H", LOOPBACK, "-p", str(self._port))
        env = {"PATH": os.defpath, "HOME": str(self._home)}
        return Service(Command("object-store", argv, self._home / "moto.log", env=env), self._answers)

    def _answers(self) -> bool:
        try:
            urllib.request.urlopen(f"http://{LOOPBACK}:{self._port}/moto-api/").close()
        except URLError:
            return False
        return True

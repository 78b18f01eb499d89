from __future__ import annotations

import subprocess
import sys

import pytest

from cli.verbs import PLACES, load

HEAVY = ("sqlalchemy", "alembic", "duckdb", "grpc", "sqlglot", "redis")
IMPORTED = (
    "import sys; from cli.__main__ import make_app; from cli.verbs import load; load(sys.argv[1]); print(*sys.modules)"
)


@pytest.mark.parametrize("verb", PLACES)
def test_every_verb_is_found_and_explains_itself(verb: str) -> None:
    command = load(verb)
    assert command.name == verb
    assert command.get_short_help_str()


@pytest.mark.parametrize("verb", ["check", "connection", "results", "jobs", "channels", "notifications"])
def test_a_verb_that_only_calls_the_api_imports_no_library_of_the_stores(verb: str) -> None:
    process = subprocess.run((sys.executable, "-c", IMPORTED, verb), capture_output=True, text=True, check=True)
    assert set(HEAVY).isdisjoint(process.stdout.split())

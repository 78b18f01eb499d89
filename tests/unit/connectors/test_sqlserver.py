from __future__ import annotations

import importlib
import struct
from datetime import datetime, timedelta, timezone

import pytest

from dq_platform.connectors.base import Guards
from dq_platform.connectors.sqlserver import SQLServerConnector, _moment
from dq_platform.errors import SourceError, SourceProblem


def connector() -> SQLServerConnector:
    return SQLServerConnector({"host": "h", "database": "d"}, Guards(lock_timeout=timedelta(seconds=3), max_rows=10))


def test_the_session_limits_rows_and_waiting_for_locks() -> None:
    assert connector()._session_settings().endswith("ON;SET LOCK_TIMEOUT 3000;SET ROWCOUNT 11")


def test_a_moment_keeps_its_zone() -> None:
    sent = struct.pack("<6hI2h", 2024, 2, 29, 23, 59, 58, 123456700, -5, -30)
    zone = timezone(-timedelta(hours=5, minutes=30))
    assert _moment(sent) == datetime(2024, 2, 29, 23, 59, 58, 123456, zone)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("libodbc.so.2: cannot open shared object file", "unixodbc"),
        ("No module named 'pyodbc'", "pip install 'dq-platform"),
    ],
)
def test_what_is_missing_is_told(monkeypatch: pytest.MonkeyPatch, said: str, told: str) -> None:
    def import_module(name: str) -> None:
        raise ImportError(said)

    monkeypatch.setattr(importlib, "import_module", import_module)
    with pytest.raises(SourceError, match=told) as caught:
        connector().connect()
    assert caught.value.problem is SourceProblem.DRIVER_MISSING

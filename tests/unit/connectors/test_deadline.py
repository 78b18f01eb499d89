from __future__ import annotations

import threading
from datetime import timedelta
from pathlib import Path

import duckdb
import pytest

from dq_platform.connectors import deadline
from dq_platform.connectors.base import Guards
from dq_platform.connectors.duckdb import DuckDBConnector
from dq_platform.errors import SourceError, SourceProblem
from dq_platform.models.connection import SettingValue
from tests.contract.engine import FILES

INSTANT = timedelta(milliseconds=1)


class Cancelling(DuckDBConnector):
    """Counts how often the server is asked to stop, and cannot be reached then."""

    asked = 0
    _driver = duckdb

    def __init__(self, settings: dict[str, SettingValue], guards: Guards) -> None:
        super().__init__(settings, guards)
        self.thrice = threading.Event()

    def _send_cancel(self) -> None:
        self.asked += 1
        if self.asked == 3:
            self.thrice.set()
        raise duckdb.ConnectionException


@pytest.fixture
def session() -> Cancelling:
    return Cancelling({}, Guards())


def test_nothing_is_cancelled_when_nothing_runs(session: Cancelling) -> None:
    session._expire(threading.Event())
    assert (session.asked, session._expired) == (0, False)


def test_what_runs_is_cancelled_even_if_that_fails(session: Cancelling) -> None:
    with session._statement():
        session._expire(threading.Event())
    assert (session.asked, session._expired) == (1, True)


def test_what_has_ended_is_not_cancelled(session: Cancelling) -> None:
    over = threading.Event()
    over.set()
    with session._statement():
        session._expire(over)
    assert (session.asked, session._expired) == (0, False)


def test_a_statement_is_cancelled_again_until_it_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deadline, "_AGAIN", INSTANT)
    session = Cancelling({}, Guards(statement_timeout=INSTANT))
    with session._statement(), session._deadline():
        assert session.thrice.wait(10)
    assert session._expired


def test_the_next_statement_has_not_expired(session: Cancelling) -> None:
    session._expired = True
    with session._statement(), session._deadline():
        assert not session._expired


def test_looking_into_files_to_connect_has_a_deadline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deadline, "_AGAIN", INSTANT)
    for number in range(500):
        (tmp_path / f"{number}.csv").write_text("a,b,c\n" + "1,x,2026-01-01\n" * 500)
    slow = DuckDBConnector(
        {"files": f"many={tmp_path}/*.csv"}, Guards(statement_timeout=timedelta(milliseconds=100), files=FILES)
    )
    with pytest.raises(SourceError) as caught:
        slow.connect()
    assert caught.value.problem is SourceProblem.TIMEOUT

from __future__ import annotations

import duckdb
import pytest

from dq_platform.connectors.base import Guards
from dq_platform.connectors.duckdb import DuckDBConnector


class Cancelling(DuckDBConnector):
    """Counts how often the server is asked to stop, and cannot be reached then."""

    asked = 0
    _driver = duckdb

    def _send_cancel(self) -> None:
        self.asked += 1
        raise duckdb.ConnectionException


@pytest.fixture
def session() -> Cancelling:
    return Cancelling({}, Guards())


def test_nothing_is_cancelled_when_nothing_runs(session: Cancelling) -> None:
    session._expire()
    assert (session.asked, session._expired) == (0, False)


def test_what_runs_is_cancelled_even_if_that_fails(session: Cancelling) -> None:
    with session._statement():
        session._expire()
    assert (session.asked, session._expired) == (1, True)


def test_the_next_statement_has_not_expired(session: Cancelling) -> None:
    session._expired = True
    with session._statement(), session._deadline():
        assert not session._expired

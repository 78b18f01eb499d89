from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest

from dq_platform.checks.sensors.measure import QueryMeasure
from dq_platform.connectors.base import Rows
from dq_platform.errors import SourceError, SourceProblem
from dq_platform.execution import measure as measuring
from dq_platform.execution.frame import Frame
from dq_platform.execution.measure import measure
from dq_platform.execution.plan import Plan
from dq_platform.execution.statement import Demand, queries
from tests.unit.execution.builders import DIALECT, NOW

COUNT = 5


class Sessions:
    """Sessions with one source, of which `limit` are to be had beside the first; `delays` are seconds by statement."""

    def __init__(self, limit=2, delays=(0.02,) * COUNT, gone=None):
        self.limit, self.delays, self.gone = limit, delays, gone
        self.dialect, self.milliseconds, self.statements = DIALECT, 0.0, 0.0
        self.now = self.most = self.ended = self.stopped = 0
        self.lent = 0

    async def execute(self, sql, *, tag="", numbers=0):
        number = int(sql.split()[1])
        self.now += 1
        self.most = max(self.most, self.now)
        try:
            await asyncio.sleep(self.delays[number])
            if number == self.gone:
                raise SourceError(SourceProblem.UNREACHABLE, "gone")
            self.ended += 1
        except asyncio.CancelledError:
            self.stopped += 1
            raise
        finally:
            self.now -= 1
        return Rows((), [(number,)])

    @asynccontextmanager
    async def spare(self):
        if self.lent == self.limit:
            yield None
            return
        self.lent += 1
        try:
            yield self
        finally:
            self.lent -= 1


@pytest.fixture(autouse=True)
def _impatient(monkeypatch):
    monkeypatch.setattr(measuring, "PATIENCE", timedelta())


def plan():
    wants = [(Demand(f"k{number}", NOW), QueryMeasure(f"SELECT {number}")) for number in range(COUNT)]
    return Plan(tuple(queries(Frame("t"), wants, DIALECT)), (), {}, {f"k{n}": NOW for n in range(COUNT)}, "UTC")


@pytest.mark.parametrize("delays", [(0.05, 0.0, 0.03, 0.0, 0.01), (0.0, 0.05, 0.0, 0.04, 0.03)])
async def test_results_are_those_of_one_after_the_other_whatever_ends_first(delays):
    alone = await measure(Sessions(delays=(0,) * COUNT), plan())
    sessions = Sessions(delays=delays)
    together = await measure(sessions, plan(), spare=sessions.spare)
    assert (together.readings, together.failures) == (alone.readings, alone.failures)
    assert (together.statements, together.rows) == (COUNT, COUNT)
    assert sessions.most > 1


@pytest.mark.parametrize("limit", [0, 1, 2, 9])
async def test_no_more_run_at_once_than_there_are_sessions(limit):
    sessions = Sessions(limit)
    await measure(sessions, plan(), spare=sessions.spare)
    assert sessions.most == min(1 + limit, COUNT)
    assert (sessions.ended, sessions.lent) == (COUNT, 0)


async def test_quick_statements_take_no_further_session(monkeypatch):
    monkeypatch.setattr(measuring, "PATIENCE", timedelta(seconds=5))
    sessions = Sessions(delays=(0,) * COUNT)
    async with asyncio.timeout(1):
        await measure(sessions, plan(), spare=sessions.spare)
    assert (sessions.most, sessions.ended) == (1, COUNT)


async def test_a_source_that_is_gone_stops_all_of_them_once():
    sessions = Sessions(delays=(5, 0.02, 5, 0, 0), gone=1)
    async with asyncio.timeout(1):
        done = await measure(sessions, plan(), spare=sessions.spare)
    assert (sessions.ended, sessions.stopped, sessions.lent) == (0, 2, 0)
    assert done.readings == {}
    assert set(done.failures) == {f"k{number}" for number in range(COUNT)}
    assert len({id(error) for error in done.failures.values()}) == 1
    assert done.stopped_by is done.failures["k0"]
    assert done.statements == 3


async def test_what_was_measured_before_stays_measured():
    sessions = Sessions(1, delays=(5, 0, 0.02, 0, 0), gone=2)
    async with asyncio.timeout(1):
        done = await measure(sessions, plan(), spare=sessions.spare)
    assert set(done.readings) == {"k1"}
    assert set(done.failures) == {"k0", "k2", "k3", "k4"}


async def test_a_deadline_stops_all_of_them():
    sessions = Sessions(delays=(5,) * COUNT)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await measure(sessions, plan(), spare=sessions.spare)
    assert (sessions.stopped, sessions.now, sessions.lent) == (3, 0, 0)

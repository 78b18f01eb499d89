"""What users ask of a year of results, for the benchmark `results`."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from dq_platform.models.check import Check
from dq_platform.models.outcome import Outcome
from dq_platform.models.page import PageRequest
from dq_platform.models.result import ResultFilter, SummaryBy, TrendBucket
from dq_platform.ports_result import Results

NOW = datetime.now(UTC)
YEAR = timedelta(days=365)
PAGE = PageRequest(50)
FAILED = (Outcome.ERROR, Outcome.FATAL)

Ask = Callable[[Results, random.Random], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Past:
    """What was made: a workspace with its checks and a year of their results until `NOW`."""

    workspace: str
    checks: Sequence[Check]

    def check(self, rng: random.Random) -> ResultFilter:
        """One of the checks."""
        return ResultFilter(check_id=rng.choice(self.checks).id)

    def table(self, rng: random.Random) -> ResultFilter:
        """One of the tables."""
        target = rng.choice(self.checks).target
        return ResultFilter(
            connection_id=target.connection_id, schema_name=target.schema_name, table_name=target.table_name
        )


@dataclass(frozen=True, slots=True)
class Question:
    """A question of a user; `ask` chooses something else with every call."""

    name: str
    ask: Ask


def questions(past: Past) -> list[Question]:
    """Lists, sums and trends."""
    return [*_lists(past), *_sums(past), *_trends(past)]


def _lists(past: Past) -> list[Question]:
    me = past.workspace

    def failures_of_a_week(results: Results, rng: random.Random) -> Awaitable[object]:
        end = NOW - rng.random() * (YEAR - timedelta(days=30))
        wanted = replace(past.table(rng), start=end - timedelta(days=7), end=end, outcomes=FAILED)
        return results.list(me, wanted, PAGE)

    return [
        Question("newest results", lambda results, _: results.list(me, ResultFilter(), PAGE)),
        Question("newest failures", lambda results, _: results.list(me, ResultFilter(outcomes=FAILED), PAGE)),
        Question("results of a table", lambda results, rng: results.list(me, past.table(rng), PAGE)),
        Question("a table's failures in a week", failures_of_a_week),
        Question("results of a check", lambda results, rng: results.list(me, past.check(rng), PAGE)),
        Question("latest results", lambda results, _: results.latest(me, ResultFilter(), PAGE)),
        Question("latest of a table", lambda results, rng: results.latest(me, past.table(rng), PAGE)),
    ]


def _sums(past: Past) -> list[Question]:
    me = past.workspace

    def summary(by: SummaryBy, days: float) -> Ask:
        return lambda results, rng: results.summary(me, _since(days, rng), by)

    def of_a_table(results: Results, rng: random.Random) -> Awaitable[object]:
        return results.summary(me, replace(past.table(rng), start=NOW - YEAR), SummaryBy.CHECK)

    def costs(by: SummaryBy, days: float) -> Ask:
        return lambda results, rng: results.costs(me, _since(days, rng), by)

    return [
        Question("summary by table, 30 days", summary(SummaryBy.TABLE, 30)),
        Question("summary by check type, 90 days", summary(SummaryBy.CHECK_TYPE, 90)),
        Question("summary by dimension, a year", summary(SummaryBy.DIMENSION, 364)),
        Question("summary by check, 30 days", summary(SummaryBy.CHECK, 30)),
        Question("summary of a table by check, a year", of_a_table),
        Question("costs by table, 30 days", costs(SummaryBy.TABLE, 30)),
        Question("costs by connection, a year", costs(SummaryBy.CONNECTION, 364)),
    ]


def _trends(past: Past) -> list[Question]:
    def trend(bucket: TrendBucket, days: float, zone: str) -> Ask:
        def ask(results: Results, rng: random.Random) -> Awaitable[object]:
            wanted = replace(past.check(rng), start=_since(days, rng).start, end=NOW, data_group="")
            return results.trend(past.workspace, wanted, bucket, zone)

        return ask

    return [
        Question("trend of a check by day, a year", trend(TrendBucket.DAY, 364, "UTC")),
        Question("the same in Berlin, 90 days", trend(TrendBucket.DAY, 90, "Europe/Berlin")),
        Question("trend of a check by hour, 7 days", trend(TrendBucket.HOUR, 7, "UTC")),
    ]


def _since(days: float, rng: random.Random) -> ResultFilter:
    """From a moment so many days ago, in the middle of a day."""
    return ResultFilter(start=NOW - timedelta(days=days + rng.random()))

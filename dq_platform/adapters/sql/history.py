"""What rules look back at: one current value a period, without the periods that they must not learn from.

A period's current value is that of the newest run that measured one on what its check is measured on now: all rows, or
the same sample. Rules must not learn from it if the period failed
in an incident that is excluded from training, unless that newest run passed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, Subquery, Tuple, literal, or_, select, true, tuple_
from sqlalchemy.dialects.postgresql import distinct_on

from dq_platform.adapters.sql.ids import group_key, parse_id, parse_ids
from dq_platform.adapters.sql.result_rows import number_from_numeric
from dq_platform.adapters.sql.session import Session
from dq_platform.adapters.sql.tables import ID, check_latest, check_results, checks, incident_checks, incidents
from dq_platform.models.outcome import Outcome
from dq_platform.models.result import HistoryPoint, Series

R = check_results.c
SAMPLE = ("sample_method", "sample_percent")
Keyed = tuple[str, str]
"""A check's id and a data group."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """The newest `points` periods before a moment; `everything` includes those that must not be learnt from."""

    before: datetime
    points: int
    everything: bool = False


async def history(session: Session, check_ids: Sequence[str], wanted: Wanted) -> Mapping[Keyed, Sequence[HistoryPoint]]:
    """By check and group, oldest first."""
    found: defaultdict[Keyed, list[HistoryPoint]] = defaultdict(list)
    for row in await session.execute(_history(parse_ids(check_ids), wanted)):
        point = _point(row)
        if point is not None:
            found[row.check_id, row.data_group].append(point)
    return dict(found)


async def untrained(session: Session, check_ids: Sequence[str]) -> Mapping[Keyed, frozenset[datetime]]:
    """The periods that failed in an excluded incident, whether or not a later run passed."""
    group = incident_checks.alias("grp")
    failed = _failed(parse_ids(check_ids)).subquery("failed")
    same = (group.c.check_id == failed.c.check_id) & (group.c.group_key == failed.c.group_key)
    statement = select(failed.c.check_id, group.c.data_group, failed.c.time_period).select_from(
        failed.join(group, same)
    )
    found: defaultdict[Keyed, set[datetime]] = defaultdict(set)
    for row in await session.execute(statement):
        found[row.check_id, row.data_group].add(row.time_period)
    return {key: frozenset(periods) for key, periods in found.items()}


async def series(session: Session, check_id: str, data_group: str, window: ColumnElement[bool], most: int) -> Series:
    """The newest periods of one check and group whose results meet the condition, at most so many."""
    canonical, group = parse_id(check_id), group_key(data_group)
    if canonical is None:
        return Series(())
    mine = (R.check_id == canonical, R.group_key == group, window, *_measured_alike(_choice(canonical)))
    current = _current(*mine, also=(R.value_text,)).limit(most).subquery("current")
    key = tuple_(literal(canonical, ID), literal(group, ID), current.c.time_period)
    statement = select(current, _is_trained([canonical], current, key).label("is_trained"))
    rows = (await session.execute(statement.order_by(current.c.time_period))).all()
    points = [replace(point, text=row.value_text) for row in rows if (point := _point(row)) is not None]
    return Series(tuple(points), frozenset(row.time_period for row in rows if not row.is_trained))


def _history(check_ids: Sequence[str], wanted: Wanted) -> Select[Any]:
    group = check_latest.alias("grp")
    now = checks.alias("now")
    alike = _measured_alike(now.c[name] for name in SAMPLE)
    mine = (R.check_id == group.c.check_id, R.group_key == group.c.group_key, *alike)
    current = _current(*mine, R.time_period < wanted.before).correlate(group, now).subquery("current")
    key = tuple_(group.c.check_id, group.c.group_key, current.c.time_period)
    trained = true() if wanted.everything else _is_trained(check_ids, current, key)
    newest = (
        select(current).where(trained).order_by(current.c.time_period.desc()).limit(wanted.points).lateral("newest")
    )
    return (
        select(group.c.check_id, group.c.data_group, newest)
        .select_from(group.join(now, now.c.id == group.c.check_id).join(newest, true()))
        .where(group.c.check_id.in_(check_ids))
        .order_by(group.c.check_id, group.c.group_key, newest.c.time_period)
    )


def _current(*conditions: ColumnElement[bool], also: Sequence[ColumnElement[Any]] = ()) -> Select[Any]:
    """Each period's current value, the newest period first; `also` are more columns of its result."""
    return (
        select(R.time_period, R.value, R.expected_value, R.outcome, *also)
        .ext(distinct_on(R.time_period))
        .where(*conditions, R.value.is_not(None))
        .order_by(R.time_period.desc(), R.executed_at.desc(), R.id.desc())
    )


def _measured_alike(choice: Iterable[ColumnElement[Any]]) -> list[ColumnElement[bool]]:
    """Whether a result comes from that sample, or from all rows if there is none."""
    return [R[name].is_not_distinct_from(chosen) for name, chosen in zip(SAMPLE, choice, strict=True)]


def _choice(check_id: str) -> list[ColumnElement[Any]]:
    """The sample that the check asks for at present."""
    return [select(checks.c[name]).where(checks.c.id == check_id).scalar_subquery() for name in SAMPLE]


def _is_trained(check_ids: Sequence[str], current: Subquery, key: Tuple) -> ColumnElement[bool]:
    """`key` is check, group and period of a current value. What failed is hashed, for nothing in it refers outside."""
    return or_(current.c.outcome == Outcome.PASSED.value, key.not_in(_failed(check_ids)))


def _failed(check_ids: Sequence[str]) -> Select[Any]:
    """Check, group and period of what failed in excluded incidents: what failed between its first and last failure."""
    member, owner, result = incident_checks.c, incidents.c, check_results.alias("failure")
    return (
        select(member.check_id, member.group_key, result.c.time_period)
        .distinct()
        .select_from(
            incident_checks.join(incidents, owner.id == member.incident_id).join(
                result,
                (result.c.check_id == member.check_id)
                & (result.c.group_key == member.group_key)
                & result.c.executed_at.between(owner.first_seen_time, owner.last_seen_time),
            )
        )
        .where(
            member.check_id.in_(check_ids),
            owner.excluded_from_training,
            result.c.outcome.between(Outcome.WARNING.value, Outcome.FATAL.value),
        )
    )


def _point(row: Row[Any]) -> HistoryPoint | None:
    value = number_from_numeric(row.value)
    return None if value is None else HistoryPoint(row.time_period, value, number_from_numeric(row.expected_value))

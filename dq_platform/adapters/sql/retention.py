"""Results that go: those older than their workspace keeps them, and those of checks deleted with their results.

Results go first, in small batches; then the sums of their days; then the sums of their tables, made anew where a part
of them stays. Meanwhile a report may count what a list no longer shows. The latest results stay.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import ColumnElement, Engine, TextClause, delete, insert, text
from sqlalchemy.exc import DBAPIError

from dq_platform.adapters.sql.locks import Lock
from dq_platform.adapters.sql.rollups import DAILY, TABLE_DAILY, TABLE_MONTHLY, Rollup
from dq_platform.adapters.sql.session import Session, sql_state, transaction

DELETED_AT_ONCE = 1000
LOCK_NOT_AVAILABLE = "55P03"


@dataclass(frozen=True, slots=True)
class Expiry:
    """Results of a workspace that were executed before that moment, the beginning of a day in UTC, go."""

    workspace_id: str
    before: datetime


async def expire(engine: Engine, now: datetime) -> int:
    """Delete what no workspace keeps any longer; returns how many results were deleted one by one.

    A month's partition, or a hypertable's chunk, that nobody keeps is dropped as a whole.
    """
    async with transaction(engine) as connection:
        kept = (await connection.execute(KEPT)).all()
    today = datetime.combine(now.astimezone(UTC).date(), time(tzinfo=UTC))
    expiries = [Expiry(row.id, today - timedelta(days=row.days)) for row in kept if row.days is not None]
    if len(expiries) == len(kept) and expiries:
        await _drop(engine, min(one.before for one in expiries))
    return sum([await _expire(engine, one) for one in expiries])


async def delete_of_deleted_checks(engine: Engine) -> int:
    """Delete the results of checks that were deleted together with them; returns how many checks these were."""
    async with transaction(engine) as connection:
        asked = (await connection.execute(DELETED_CHECKS)).all()
    for check in asked:
        mine = {"check_id": check.check_id}
        await _delete_all(engine, RESULTS_OF_CHECK, mine)
        await _delete_all(engine, DAYS_OF_CHECK, mine)
        place = {name: getattr(check, name) for name in ("connection_id", "schema_name", "table_name", "check_type")}
        async with transaction(engine) as connection:
            await connection.execute(LOCK_SUMS)
            await _anew(connection, TABLE_DAILY, DAILY, place)
            await _anew(connection, TABLE_MONTHLY, TABLE_DAILY, place)
            await connection.execute(FORGET_CHECK, mine)
    return len(asked)


async def _expire(engine: Engine, expiry: Expiry) -> int:
    mine = {"workspace_id": expiry.workspace_id}
    gone = await _delete_all(engine, OLD_RESULTS, mine | {"before": expiry.before})
    day = expiry.before.date()
    await _delete_all(engine, OLD_DAYS, mine | {"day": day})
    async with transaction(engine) as connection:
        if (await connection.execute(HAS_OLD_SUMS, mine | {"day": day})).scalar_one():
            await connection.execute(LOCK_SUMS)
            await connection.execute(OLD_SUMS, mine | {"day": day})
            await connection.execute(OLD_MONTHS, mine | {"month": day.replace(day=1)})
            await _anew(connection, TABLE_MONTHLY, TABLE_DAILY, mine, _month(day))
    return gone


async def _drop(engine: Engine, before: datetime) -> None:
    """Drop partitions that end before that; if somebody is in the way for long, then the next time."""
    try:
        async with transaction(engine) as connection:
            await connection.execute(text("SET LOCAL lock_timeout = '2s'"))
            if not (await connection.execute(IS_PARTITIONED)).scalar_one():
                await connection.execute(DROP_CHUNKS, {"before": before})
                return
            for name in (await connection.execute(MONTHS, {"month": f"check_results_{before:%Y_%m}"})).scalars():
                await connection.execute(text(f"DROP TABLE {name}"))
    except DBAPIError as error:
        if sql_state(error) != LOCK_NOT_AVAILABLE:
            raise


async def _delete_all(engine: Engine, statement: TextClause, parameters: Mapping[str, object]) -> int:
    """In transactions of their own, so that nobody waits for long; returns how many rows.

    One process after the other, so that a batch that is not full is the last one.
    """
    deleted = 0
    while True:
        async with transaction(engine) as connection:
            await connection.execute(LOCK, {"lock": Lock.RETENTION})
            batch = await connection.execute(statement, {**parameters, "batch": DELETED_AT_ONCE})
        deleted += batch.rowcount
        if batch.rowcount < DELETED_AT_ONCE:
            return deleted


async def _anew(
    connection: Session,
    target: Rollup,
    source: Rollup,
    facets: Mapping[str, object],
    span: tuple[date, date] | None = None,
) -> None:
    """Make rows of one relation from those of a finer one: of these facets, and of one month if given.

    Whoever calls has kept writers away.
    """

    def among(rollup: Rollup) -> Sequence[ColumnElement[bool]]:
        table, start = rollup.table, rollup.table.c[rollup.start]
        found = [table.c[name] == value for name, value in facets.items()]
        return found if span is None else [*found, start >= span[0], start < span[1]]

    await connection.execute(delete(target.table).where(*among(target)))
    summed = target.sum_up_sums(source).where(*among(source))
    await connection.execute(insert(target.table).from_select(list(summed.selected_columns.keys()), summed))


def _month(day: date) -> tuple[date, date]:
    first = day.replace(day=1)
    return first, (first + timedelta(days=32)).replace(day=1)


LOCK = text("SELECT pg_advisory_xact_lock(:lock)")
# Every writer of results writes this relation too, with the same statement as all others: there is nothing to wait for
# in a circle. Readers are not disturbed.
LOCK_SUMS = text("LOCK TABLE table_results_daily IN SHARE ROW EXCLUSIVE MODE")
IS_PARTITIONED = text("SELECT relkind = 'p' FROM pg_class WHERE oid = 'check_results'::regclass")
DROP_CHUNKS = text("SELECT drop_chunks('check_results', older_than => CAST(:before AS timestamptz))")
MONTHS = text("""
    SELECT relname FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid
    WHERE inhparent = 'check_results'::regclass AND relname <> 'check_results_default' AND relname < :month
""")
KEPT = text("SELECT id, result_retention_days AS days FROM workspaces ORDER BY id")
DELETED_CHECKS = text("SELECT * FROM deleted_checks ORDER BY check_id")
FORGET_CHECK = text("DELETE FROM deleted_checks WHERE check_id = :check_id")
# Rows are not locked before they are deleted: TimescaleDB does not do that where they are compressed.
OLD_RESULTS = text("""
    DELETE FROM check_results USING (
        SELECT id, executed_at FROM check_results
        WHERE workspace_id = :workspace_id AND executed_at < :before
        ORDER BY executed_at LIMIT :batch
    ) AS old
    WHERE check_results.id = old.id AND check_results.executed_at = old.executed_at
""")
RESULTS_OF_CHECK = text("""
    DELETE FROM check_results USING (
        SELECT id, executed_at FROM check_results
        WHERE check_id = :check_id ORDER BY executed_at LIMIT :batch
    ) AS old
    WHERE check_results.id = old.id AND check_results.executed_at = old.executed_at
""")
OLD_DAYS = text("""
    DELETE FROM check_results_daily WHERE ctid = ANY (ARRAY(
        SELECT ctid FROM check_results_daily WHERE workspace_id = :workspace_id AND day < :day
        LIMIT :batch FOR UPDATE
    ))
""")
DAYS_OF_CHECK = text("""
    DELETE FROM check_results_daily WHERE ctid = ANY (ARRAY(
        SELECT ctid FROM check_results_daily WHERE check_id = :check_id LIMIT :batch FOR UPDATE
    ))
""")
HAS_OLD_SUMS = text("SELECT EXISTS (SELECT FROM table_results_daily WHERE workspace_id = :workspace_id AND day < :day)")
OLD_SUMS = text("DELETE FROM table_results_daily WHERE workspace_id = :workspace_id AND day < :day")
OLD_MONTHS = text("DELETE FROM table_results_monthly WHERE workspace_id = :workspace_id AND month < :month")

"""What units are about, by one statement: a round trip takes longer than what it brings.

There is a row for each check. The job and the connection stand in the first only, and what is known of a table in the
first of its checks, so that nothing is sent twice.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Sequence
from typing import Any, cast

from sqlalchemy import ARRAY, ColumnElement, Row, Select, and_, bindparam, func, literal, select, true

from dq_platform.adapters.sql.checks import check_from_row
from dq_platform.adapters.sql.connections import Cipher, connection_from_row
from dq_platform.adapters.sql.ids import existing_id, parse_ids
from dq_platform.adapters.sql.job_rows import job_from_row
from dq_platform.adapters.sql.session import Session
from dq_platform.adapters.sql.tables import ID, checks, connections, jobs
from dq_platform.adapters.sql.tables_repo import known_from_row, with_known
from dq_platform.errors import NotFound
from dq_platform.models.assignment import Assignment
from dq_platform.models.job import Unit
from dq_platform.models.metadata import Place


class SqlAssignments:
    def __init__(self, session: Session, cipher: Cipher) -> None:
        self._session = session
        self._cipher = cipher

    async def of(self, units: Sequence[Unit]) -> Assignment:
        first = units[0]
        about = {
            "job": existing_id("job", first.job_id),
            "workspace": first.workspace_id,
            "connection": first.connection_id or None,
            "check_ids": list(parse_ids(check_id for unit in units for check_id in unit.check_ids)),
        }
        rows = (await self._session.execute(ASSIGNMENT, about)).all()
        job, connection = JOB.of(rows[0]), CONNECTION.of(rows[0])
        if job.id is None:
            raise NotFound("job", first.job_id)
        found = [CHECK.of(row) for row in rows]
        firsts = [(check, KNOWN.of(row)) for check, row in zip(found, rows, strict=True) if check.nth_of_table == 1]
        return Assignment(
            job=job_from_row(job),
            connection=None if connection.id is None else connection_from_row(connection, self._cipher),
            checks={check.id: check_from_row(check) for check in found if check.id is not None},
            known={_place(check): known_from_row(check.connection_id, _place(check), row) for check, row in firsts},
        )


def _place(check: Row[Any]) -> Place:
    return check.schema_name, check.table_name


class Part:
    """Columns that stand side by side in a row, by the names that they have in their own relation."""

    def __init__(self, start: int, columns: Sequence[ColumnElement[Any]]) -> None:
        # Any: which names it has is the relation's to say.
        self._named: Any = namedtuple("Part", [column.key for column in columns])  # type: ignore[misc]
        self._places = slice(start, start + len(columns))

    def of(self, row: Row[Any]) -> Row[Any]:
        return cast("Row[Any]", self._named._make(row[self._places]))


def _assignment() -> tuple[Select[Any], Sequence[Part]]:
    wanted = and_(
        checks.c.workspace_id == bindparam("workspace"),
        checks.c.id == func.any(bindparam("check_ids", type_=ARRAY(ID))),
    )
    place = checks.c.schema_name, checks.c.table_name
    nth_of_table = func.row_number().over(partition_by=place).label("nth_of_table")
    nth = func.row_number().over().label("nth")
    chosen = select(*checks.c, nth_of_table, nth).where(wanted).subquery("chosen")
    first = func.coalesce(chosen.c.nth, 1) == 1
    own = func.coalesce(chosen.c.connection_id, bindparam("connection", type_=ID))
    job = and_(first, jobs.c.workspace_id == bindparam("workspace"), jobs.c.id == bindparam("job", type_=ID))
    connection = and_(first, connections.c.workspace_id == bindparam("workspace"), connections.c.id == own)
    always = select(literal(1)).subquery("always")
    owned = always.outerjoin(chosen, true()).outerjoin(jobs, job).outerjoin(connections, connection)
    joined, known = with_known(owned, chosen, chosen.c.connection_id, chosen.c.nth_of_table == 1)
    groups: Sequence[Sequence[ColumnElement[Any]]] = (list(jobs.c), list(connections.c), list(chosen.c), list(known))
    starts = [sum(map(len, groups[:place])) for place in range(len(groups))]
    statement = select(*(column for group in groups for column in group)).select_from(joined).order_by(chosen.c.nth)
    return statement, [Part(start, group) for start, group in zip(starts, groups, strict=True)]


ASSIGNMENT, (JOB, CONNECTION, CHECK, KNOWN) = _assignment()

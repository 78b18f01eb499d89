"""Error samples in SQL; what they hold of a source's rows is stored encrypted."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row, delete, select
from sqlalchemy.dialects.postgresql import Insert
from sqlalchemy.dialects.postgresql import insert as upsert

from dq_platform.adapters.sql.connections import Cipher
from dq_platform.adapters.sql.ids import existing_id, group_key, has_id, parse_id, storable
from dq_platform.adapters.sql.session import Session
from dq_platform.adapters.sql.tables import checks, error_samples
from dq_platform.errors import NotFound, WrongState
from dq_platform.models.sample import ErrorSamples, SampleColumn, SampleRow, SampleValue

KEY = ("check_id", "group_key", "time_period")
KIND = "error samples"


class SqlSamples:
    def __init__(self, session: Session, cipher: Cipher) -> None:
        self._session = session
        self._cipher = cipher

    async def save(self, samples: Sequence[ErrorSamples]) -> None:
        if not samples:
            return
        # In the order of their keys, so that two writers never wait for each other in a circle.
        rows = sorted(map(self._values, samples), key=lambda row: [str(row[name]) for name in KEY])
        await self._session.execute(SAVE, rows)

    async def of_result(self, workspace_id: str, result_id: str) -> ErrorSamples:
        statement = select(error_samples).where(
            error_samples.c.workspace_id == workspace_id,
            error_samples.c.result_id == existing_id(KIND, result_id),
        )
        row = (await self._session.execute(statement)).one_or_none()
        if row is None:
            raise NotFound(KIND, result_id)
        return self._samples(row)

    async def delete_of_check(self, check_id: str) -> None:
        await self._session.execute(delete(error_samples).where(error_samples.c.check_id == parse_id(check_id)))

    async def delete_of_table(self, connection_id: str, schema: str, table: str) -> None:
        of_table = select(checks.c.id).where(
            has_id(checks.c.connection_id, connection_id), checks.c.schema_name == schema, checks.c.table_name == table
        )
        await self._session.execute(delete(error_samples).where(error_samples.c.check_id.in_(of_table)))

    def _values(self, samples: ErrorSamples) -> Mapping[str, object]:
        return {
            "workspace_id": samples.workspace_id,
            "check_id": samples.check_id,
            "group_key": group_key(storable(samples.data_group)),
            "data_group": storable(samples.data_group),
            "time_period": samples.time_period,
            "taken_at": samples.taken_at,
            "result_id": samples.result_id,
            "content": self._cipher.encrypt(json.dumps(_to_json(samples)).encode()),
            "error_reason": samples.error_reason,
            "message": storable(samples.message),
        }

    def _samples(self, row: Row[Any]) -> ErrorSamples:
        try:
            content = json.loads(self._cipher.decrypt(row.content))
        except WrongState as error:
            raise WrongState(
                "ERROR_SAMPLES_UNREADABLE",
                "The error samples were encrypted with a key that this server does not have. Add it to ENCRYPTION_KEY.",
            ) from error
        return ErrorSamples(
            workspace_id=row.workspace_id,
            result_id=row.result_id,
            check_id=row.check_id,
            data_group=row.data_group,
            time_period=row.time_period,
            taken_at=row.taken_at,
            columns=tuple(SampleColumn(**column) for column in content["columns"]),
            rows=tuple(map(_row, content["rows"])),
            more=content["more"],
            error_reason=row.error_reason,
            message=row.message,
        )


def _save() -> Insert:
    insertion = upsert(error_samples)
    new = insertion.excluded
    changed = {column.name: new[column.name] for column in error_samples.columns if column.name not in KEY}
    newer = error_samples.c.taken_at <= new.taken_at
    return insertion.on_conflict_do_update(constraint=error_samples.primary_key, set_=changed, where=newer)


SAVE = _save()


def _to_json(samples: ErrorSamples) -> Mapping[str, object]:
    """A value that was cut off is a text in a list, so that the usual one needs no frame."""
    return {
        "columns": [{"name": one.name, "identifies": one.identifies, "masked": one.masked} for one in samples.columns],
        "rows": [[[value.text] if value.truncated else value.text for value in row] for row in samples.rows],
        "more": samples.more,
    }


def _row(stored: Sequence[str | list[str] | None]) -> SampleRow:
    return tuple(SampleValue(one[0], truncated=True) if isinstance(one, list) else SampleValue(one) for one in stored)

"""SELECTs as the driver takes them: SQLAlchemy's way there and back takes as long as all the rest of a short read.

SQLAlchemy still writes the SQL, once, and its types convert the values.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import Dialect, Float, Select
from sqlalchemy.dialects.postgresql.asyncpg import dialect as make_dialect

MAX_REMEMBERED = 100
FLOAT8, NUMERIC = 701, 1700

# Any: values of all types, in and out.
Convert = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Reading:
    """The text of a SELECT, its parameters in the driver's order, and its columns, some with what converts a value."""

    sql: str
    parameters: Sequence[tuple[str, Convert | None]]
    row: Callable[[Iterable[Any]], Any]
    converted: Sequence[tuple[int, Convert]]

    def arguments(self, values: Mapping[str, object]) -> list[object]:
        """What the driver is to send of the parameters' values."""
        return [values[name] if convert is None else convert(values[name]) for name, convert in self.parameters]

    def rows(self, records: Iterable[Sequence[Any]]) -> list[Any]:
        """What the driver returned as rows that have the columns' names."""
        found = []
        for record in records:
            values = [*record]
            for place, convert in self.converted:
                values[place] = convert(values[place])
            found.append(self.row(values))
        return found


@lru_cache(MAX_REMEMBERED)
def reading(statement: Select[Any]) -> Reading:
    """How to read what a statement selects that is kept, by which this is remembered; its parameters have names."""
    dialect: Dialect = make_dialect()  # type: ignore[no-untyped-call]
    compiled = statement.compile(dialect=dialect)
    names = compiled.positiontup or ()
    columns = list(statement.selected_columns)
    types = [column.type.dialect_impl(dialect) for column in columns]
    # Types of numbers ask what the server calls them; all others do not.
    processors = [kind.result_processor(dialect, FLOAT8 if isinstance(kind, Float) else NUMERIC) for kind in types]
    row = namedtuple("Row", [str(column.key) for column in columns])  # type: ignore[misc]
    return Reading(
        sql=str(compiled),
        parameters=[(name, compiled.binds[name].type.dialect_impl(dialect).bind_processor(dialect)) for name in names],
        row=row._make,
        converted=[(place, process) for place, process in enumerate(processors) if process is not None],
    )

"""What the contract needs to know of an engine in order to test it."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

from dq_platform.connectors.base import BaseConnector, Guards, Rows
from dq_platform.connectors.dialect import Dialect, LiteralValue
from dq_platform.connectors.factory import ConnectorFactory
from dq_platform.connectors.file_places import FilePlaces
from dq_platform.connectors.settings import validate_settings
from dq_platform.models.connection import Connection, SettingValue
from dq_platform.models.metadata import DataType
from tests.contract.needs import require_known

FILES = FilePlaces((Path(tempfile.gettempdir()),))
GUARDS = Guards(
    connect_timeout=timedelta(seconds=10), statement_timeout=timedelta(seconds=60), max_rows=1000, files=FILES
)

_numbers = count(1)


@dataclass(frozen=True, slots=True)
class Engine:
    """A server and what is particular about it.

    `write` executes statements as an administrator. `slow` is a SELECT that takes minutes. `running` counts the
    statements that contain a text; `kill_sessions` ends all sessions of the tested user. `types` says how the engine
    spells the types that a table is made of. `fold` gives the name that the engine knows an unquoted one by; columns
    are made under it, so that statements of the contract may leave quotes out. `fold_table` gives the name that a table
    is listed by. The engine allows the characters `forbidden` in no column's name and `forbidden_in_tables` in no
    table's. `key_suffix` stands behind a primary key; `unique_columns` tells that no result may have two columns of one
    name, `empty_is_null` that an empty text is NULL.

    Where the server only stands in for the engine, `stand_in` says what it is, and `lacks` which capabilities (see
    needs.py) the engine has and it has not, and why: cases that need them are skipped.
    """

    type: str
    settings: Mapping[str, SettingValue]
    write: Callable[[Sequence[str]], None]
    slow: str
    types: Mapping[DataType, str]
    schema: str
    other_types: Mapping[str, DataType] = field(default_factory=dict)
    wrong_password: Mapping[str, SettingValue] = field(default_factory=dict)
    unreachable: Mapping[str, SettingValue] = field(default_factory=dict)
    running: Callable[[str], int] | None = None
    kill_sessions: Callable[[], None] | None = None
    column_comment: str = ""
    converts_anything: bool = False
    fold: Callable[[str], str] = str
    fold_table: Callable[[str], str] = str
    forbidden: str = ""
    forbidden_in_tables: str = ""
    key_suffix: str = ""
    unique_columns: bool = False
    empty_is_null: bool = False
    stand_in: str = ""
    lacks: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        require_known(self.lacks)

    @property
    def dialect(self) -> Dialect:
        return ConnectorFactory.get(self.type).dialect

    @contextmanager
    def session(self, guards: Guards = GUARDS, **changes: SettingValue) -> Iterator[BaseConnector]:
        kind = ConnectorFactory.get(self.type)
        connector = kind(validate_settings(kind, {**self.settings, **changes}), guards)
        try:
            connector.connect()
            yield connector
        finally:
            connector.close()

    def connection(self, version: int = 1, **changes: SettingValue) -> Connection:
        kind = ConnectorFactory.get(self.type)
        now = datetime(2025, 1, 1, tzinfo=UTC)
        settings = validate_settings(kind, {**self.settings, **changes})
        return Connection(f"c-{self.type}", "w", "Source", self.type, settings, now, now, version=version)

    def select(self, sql: str) -> Rows:
        with self.session() as session:
            return session.execute(sql)

    def value(self, expression: str, source: str = "") -> object:
        """What the expression gives, over one row or the table."""
        [(value,)] = self.select(f"SELECT {expression} AS v" + (f" FROM {source}" if source else "")).rows
        return value

    def table(self, columns: Mapping[str, DataType], rows: Sequence[Sequence[LiteralValue | None]] = ()) -> str:
        """The full name of a new table in the engine's schema."""
        return self.dialect.table(self.schema, self.named_table(f"t{next(_numbers)}", columns, rows))

    def named_table(
        self, name: str, columns: Mapping[str, DataType], rows: Sequence[Sequence[LiteralValue | None]] = ()
    ) -> str:
        dialect = self.dialect
        full = dialect.table(self.schema, name)
        definition = ", ".join(
            f"{dialect.ident(self.fold(column))} {self.types[kind]}" for column, kind in columns.items()
        )
        values = ", ".join(f"({', '.join(self._literal(value) for value in row)})" for row in rows)
        self.write([f"CREATE TABLE {full} ({definition})", *([f"INSERT INTO {full} VALUES {values}"] if rows else [])])
        return name

    def kept(self, text: str) -> str | None:
        """What the engine makes of the text."""
        return None if self.empty_is_null and not text else text

    def _literal(self, value: LiteralValue | None) -> str:
        return "NULL" if value is None else self.dialect.literal(value)


def upper(name: str) -> str:
    """The name that engines know an unquoted one by which go by capitals: their own if it needs no quotes."""
    return name.upper() if re.fullmatch("[a-z][a-z0-9_]*", name) else name


def short(**changes: object) -> Guards:
    return replace(GUARDS, **changes)

"""What stands where oracledb's connections do: the product's connector speaks to it as it does to the driver.

There is no Oracle to be had here. A backend describes and executes statements; everything else is what the driver
promises: time limits for each call, `cancel` from another thread, decimals for numbers, its own exceptions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Protocol, Self

import oracledb
from oracledb import errors


@dataclass(frozen=True, slots=True)
class Column:
    """As much of the driver's description of a column as anybody asks for."""

    name: str
    type_code: oracledb.DbType = oracledb.DB_TYPE_NUMBER
    scale: int | None = None


class Backend(Protocol):
    """What answers. Both raise what `failure` makes."""

    def describe(self, sql: str) -> list[Column]: ...

    def execute(self, sql: str, parameters: Mapping[str, str], milliseconds: int) -> list[tuple[Any, ...]]: ...

    def cancel(self) -> None: ...


def failure(
    code: str, text: str = "told by the server", kind: type[oracledb.Error] = oracledb.DatabaseError
) -> oracledb.Error:
    """An exception as the driver raises it: `code` is ORA-00942, for example."""
    return kind(errors._Error(f"{code}: {text}"))


@dataclass(slots=True)
class OracleDouble:
    """`connect` takes the place of the driver's; the lists tell what has happened, in order."""

    backend: Backend
    connects: list[dict[str, Any]] = field(default_factory=list)
    connections: list[Connection] = field(default_factory=list)
    statements: list[str] = field(default_factory=list)
    expected: dict[str, Any] = field(default_factory=dict)

    def connect(self, **parameters: Any) -> Connection:
        """A connection, if the parameters are as expected: another password and another host are refused."""
        self.connects.append(parameters)
        wrong = {name for name, value in self.expected.items() if parameters.get(name) != value}
        if "host" in wrong:
            raise failure("DPY-6005", f"cannot connect to database at {parameters['host']}", oracledb.OperationalError)
        if "password" in wrong:
            raise failure("ORA-01017", f"invalid credential {parameters['user']}/{parameters['password']}")
        self.connections.append(Connection(self))
        return self.connections[-1]

    def kill_sessions(self) -> None:
        for connection in self.connections:
            connection.open = False


@dataclass(slots=True)
class Connection:
    double: OracleDouble
    call_timeout: int = 0
    module: str = ""
    action: str = ""
    client_identifier: str = ""
    version: str = "23.4.0.24.5"
    open: bool = True

    def cursor(self) -> Cursor:
        self.require_open()
        return Cursor(self)

    def rollback(self) -> None:
        self.require_open()
        self.double.statements.append("ROLLBACK")

    def cancel(self) -> None:
        self.require_open()
        self.double.backend.cancel()

    def close(self) -> None:
        self.require_open()
        self.open = False

    def require_open(self) -> None:
        if not self.open:
            raise failure("DPY-1001", "not connected to database", oracledb.InterfaceError)


@dataclass(slots=True)
class Cursor:
    connection: Connection
    arraysize: int = 100
    prefetchrows: int = 2
    description: list[Column] | None = None
    _rows: list[tuple[Any, ...]] = field(default_factory=list)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._rows.clear()

    def parse(self, statement: str) -> None:
        self.connection.require_open()
        self.description = self.connection.double.backend.describe(statement)

    def execute(
        self,
        statement: str,
        parameters: Mapping[str, str] | None = None,
        *,
        fetch_lobs: bool = True,
        fetch_decimals: bool = False,
    ) -> None:
        self.connection.require_open()
        double = self.connection.double
        double.statements.append(statement)
        if statement.startswith(("ALTER SESSION ", "SET TRANSACTION ")):
            return
        assert (fetch_lobs, fetch_decimals) == (False, True), "digits would be lost, and locators returned"
        self.description = double.backend.describe(statement)
        zoned = [column.name for column in self.description if column.type_code is oracledb.DB_TYPE_TIMESTAMP_TZ]
        assert not zoned, "the driver would drop the time zones"
        self._rows = double.backend.execute(statement, parameters or {}, self.connection.call_timeout)

    def fetchmany(self) -> Sequence[tuple[Any, ...]]:
        self.connection.require_open()
        batch, self._rows = self._rows[: self.arraysize], self._rows[self.arraysize :]
        return batch

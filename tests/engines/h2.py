"""H2 in its Oracle mode, inside this process: it understands much of Oracle's SQL, and makes no text of ''."""

from __future__ import annotations

import os
import re
import shutil
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import jpype
import oracledb
import pytest

from local.errors import MissingProgram
from tests.engines.oracle import Column, OracleDouble, failure

JAR = Path("/usr/share/java/h2.jar")
REMEDY = "Install it: apt install libh2-java openjdk-17-jre-headless."
DICTIONARY = Path(__file__).with_name("h2_dictionary.sql")

# java.sql.Types, with 2014 for a timestamp with a time zone.
_CODES = {
    -6: oracledb.DB_TYPE_NUMBER,
    5: oracledb.DB_TYPE_NUMBER,
    4: oracledb.DB_TYPE_NUMBER,
    -5: oracledb.DB_TYPE_NUMBER,
    2: oracledb.DB_TYPE_NUMBER,
    3: oracledb.DB_TYPE_NUMBER,
    6: oracledb.DB_TYPE_BINARY_DOUBLE,
    7: oracledb.DB_TYPE_BINARY_FLOAT,
    8: oracledb.DB_TYPE_BINARY_DOUBLE,
    16: oracledb.DB_TYPE_BOOLEAN,
    91: oracledb.DB_TYPE_DATE,
    93: oracledb.DB_TYPE_TIMESTAMP,
    2014: oracledb.DB_TYPE_TIMESTAMP_TZ,
    -2: oracledb.DB_TYPE_RAW,
    -3: oracledb.DB_TYPE_RAW,
}

_ERRORS = {
    42102: "ORA-00942",
    42103: "ORA-00942",
    42104: "ORA-00942",
    90079: "ORA-00942",
    42122: "ORA-00904",
    90022: "ORA-00904",
    22018: "ORA-01722",
    57014: "ORA-01013",
}

_BLANKS = re.escape(", ' ' || CHR(9) || CHR(10) || CHR(13)")
_TOKENS = r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\""
_BINDS = re.compile(rf"{_TOKENS}|:(schema|name)\b")
_BRACKETS = re.compile(rf"{_TOKENS}|([()])")

# What H2 does not know, or knows otherwise: how the call begins, how its arguments end, and what they stand in.
# The session's time zone is UTC, in which H2 writes a timestamp with zone when it becomes one without.
_CALLS = (
    (
        r"CAST\(",
        "( AT TIME ZONE '[^']*') AS TIMESTAMP",
        "CAST (SUBSTRING(CAST ({0}{1} AS VARCHAR(99)), 1, 19) AS TIMESTAMP(6))",
    ),
    (r"SYS_EXTRACT_UTC\(", "()", "CAST({0} AS TIMESTAMP(6))"),
    (r"FROM_TZ\(", "(, 'UTC')", "CAST({0} AS TIMESTAMP(6) WITH TIME ZONE)"),
    (r"TRUNC\(", "(, 'MM')", "CAST(DATE_TRUNC(MONTH, {0}) AS DATE)"),
    (r"TRUNC\(", "()", "CAST(DATE_TRUNC(DAY, {0}) AS DATE)"),
    # Without a format, of which H2 knows as much as is asked of it.
    (r"TO_CHAR\(", r"(?<!-DD')(?<!FF6')(?<!TZM')", "CAST({0} AS VARCHAR(4000))"),
    (r"LTRIM\(", f"({_BLANKS})", "REGEXP_REPLACE({0}, '^[ \\t\\n\\r]+', '')"),
    (r"RTRIM\(", f"({_BLANKS})", "REGEXP_REPLACE({0}, '[ \\t\\n\\r]+$', '')"),
    (r"EXTRACT\(SECOND FROM ", "()", "(EXTRACT (SECOND FROM {0}) + EXTRACT (NANOSECOND FROM {0}) / 1e9)"),
    (r"EXTRACT\(DAY FROM ", "()", "CAST(EXTRACT (DAY FROM {0}) AS DECIMAL(38))"),
    (r"(PERCENTILE_CONT\([\d.]+\)) WITHIN GROUP \(", "()", "CAST({0} WITHIN GROUP({1}) AS DOUBLE PRECISION)"),
)


class H2:
    """One database in memory. `write` executes statements of an administrator."""

    def __init__(self, options: str = "") -> None:
        url = f"jdbc:h2:mem:{uuid.uuid4().hex};MODE=Oracle;TIME ZONE=UTC;NON_KEYWORDS=VALUE{options}"
        self._link = jpype.JPackage("org").h2.jdbc.JdbcConnection(url, jpype.java.util.Properties(), "sa", "", False)
        self._running: Any = None
        self._cancelled = False
        self.write(DICTIONARY.read_text().split(";\n"))

    def close(self) -> None:
        self._link.close()

    def write(self, statements: Sequence[str]) -> None:
        for sql in statements:
            with closing(self._link.createStatement()) as statement:
                statement.execute(translated(sql))

    def describe(self, sql: str) -> list[Column]:
        with self._prepared(sql) as statement:
            about = statement.getMetaData()
            if about is None:
                return []
            return [_column(about, number) for number in range(1, about.getColumnCount() + 1)]

    def execute(self, sql: str, parameters: Mapping[str, str], milliseconds: int) -> list[tuple[Any, ...]]:
        with self._prepared(sql) as statement:
            for number, name in enumerate((found[1] for found in _BINDS.finditer(sql) if found[1]), 1):
                statement.setString(number, parameters[name])
            statement.setQueryTimeout(max(1, milliseconds // 1000))
            self._running, self._cancelled = statement, False
            try:
                rows = statement.executeQuery()
                readers = [
                    _READERS[_code(rows.getMetaData(), n)] for n in range(1, rows.getMetaData().getColumnCount() + 1)
                ]
                return list(_rows(rows, readers))
            finally:
                self._running = None

    def cancel(self) -> None:
        if self._running is not None:
            self._cancelled = True
            self._running.cancel()

    @contextmanager
    def _prepared(self, sql: str) -> Iterator[Any]:
        try:
            statement = self._link.prepareStatement(
                _BINDS.sub(lambda found: "?" if found[1] else found[0], translated(sql))
            )
            try:
                yield statement
            finally:
                statement.close()
        except jpype.JException as error:
            number = int(error.getErrorCode())
            if number == 57014 and not self._cancelled:
                raise failure("DPY-4024", "call timeout exceeded", oracledb.OperationalError) from None
            raise failure(_ERRORS.get(number, "ORA-00933"), str(error.getMessage())) from None


def _column(about: Any, number: int) -> Column:
    code = _code(about, number)
    scale = -127 if "DECFLOAT" in str(about.getColumnTypeName(number)) else int(about.getScale(number))
    return Column(str(about.getColumnLabel(number)), code, scale if code is oracledb.DB_TYPE_NUMBER else None)


def _code(about: Any, number: int) -> oracledb.DbType:
    """A DATE of Oracle has a time of day, which is why H2 makes a timestamp without fractions of it."""
    kind = int(about.getColumnType(number))
    if kind == 93 and int(about.getScale(number)) == 0:
        return oracledb.DB_TYPE_DATE
    return _CODES.get(kind, oracledb.DB_TYPE_VARCHAR)


def _rows(rows: Any, readers: Sequence[Callable[[str], Any]]) -> Iterator[tuple[Any, ...]]:
    while rows.next():
        texts = [rows.getString(number) for number in range(1, len(readers) + 1)]
        yield tuple(None if text is None else read(str(text)) for text, read in zip(texts, readers, strict=True))


_READERS: Mapping[oracledb.DbType, Callable[[str], Any]] = {
    oracledb.DB_TYPE_NUMBER: Decimal,
    oracledb.DB_TYPE_BINARY_DOUBLE: float,
    oracledb.DB_TYPE_BINARY_FLOAT: float,
    oracledb.DB_TYPE_BOOLEAN: lambda text: text == "TRUE",
    oracledb.DB_TYPE_DATE: datetime.fromisoformat,
    oracledb.DB_TYPE_TIMESTAMP: datetime.fromisoformat,
    oracledb.DB_TYPE_RAW: bytes.fromhex,
    oracledb.DB_TYPE_VARCHAR: str,
}


def translated(sql: str) -> str:
    """The statement as H2 means the same by it."""
    for call, ending, instead in _CALLS:
        start = 0
        while (found := re.compile(rf"\b{call}").search(sql, start)) is not None:
            end = _closing(sql, found.end())
            match = re.fullmatch(rf"(.*?){ending}", sql[found.end() : end], re.DOTALL)
            if match:
                sql = sql[: found.start()] + instead.format(*found.groups(), *match.groups()) + sql[end + 1 :]
            start = found.start() + 5
    return sql.replace("$', 'c')", r"\z', 'c')")  # as for the text's end, a line end before it is not forgiven


def _closing(sql: str, start: int) -> int:
    """Where the bracket ends that is open at `start`; those in texts and names do not count."""
    depth = 1
    for found in _BRACKETS.finditer(sql, start):
        depth += {"(": 1, ")": -1}.get(found[1] or "", 0)
        if depth == 0:
            return found.start()
    message = "a bracket stays open"
    raise ValueError(message)


@contextmanager
def oracle_on_h2(options: str = "") -> Iterator[tuple[OracleDouble, H2]]:
    """The driver's `connect` leads to a new H2 for as long as this lasts.

    Where H2 is not installed, the test that asked for it is skipped with the package's name; on continuous
    integration (CI=true) nothing may be skipped: MissingProgram is raised.
    """
    _start_java()
    with closing(H2(options)) as h2, pytest.MonkeyPatch.context() as patch:
        double = OracleDouble(h2)
        patch.setattr(oracledb, "connect", double.connect)
        yield double, h2


def _start_java() -> None:
    java = shutil.which("java")
    if java is None or not JAR.exists():
        if os.environ.get("CI") == "true":
            raise MissingProgram("h2", REMEDY)
        pytest.skip(f"H2 is not installed. {REMEDY}")
    if not jpype.isJVMStarted():
        library = Path(java).resolve().parents[1] / "lib" / "server" / "libjvm.so"
        jpype.startJVM(str(library), "-Xmx256m", "-XX:TieredStopAtLevel=1", classpath=[str(JAR)])

"""A stand-in for SQL Server: its protocol before DuckDB, for the real ODBC driver FreeTDS to talk to."""

from __future__ import annotations

import importlib
import os
import socketserver
import ssl
import threading
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import duckdb
import pytest
from sqlglot.errors import SqlglotError

from dq_platform.connectors.factory import ConnectorFactory
from dq_platform.connectors.settings import validate_settings
from dq_platform.connectors.sqlserver_odbc import chosen_driver, connection_string
from dq_platform.models.connection import SettingValue
from local.errors import MissingProgram
from local.ports import LOOPBACK
from tests.engines import tds
from tests.engines.certificates import Authority
from tests.engines.places import reachable_directory
from tests.engines.postgres import ServerParams
from tests.engines.tsql import for_duckdb

DATABASE = "master"
REMEDY = "Install it: apt install unixodbc tdsodbc."


def require_freetds() -> None:
    """Skip the test where the ODBC driver is missing; on continuous integration (CI=true) raise MissingProgram."""
    try:
        installed = importlib.import_module("pyodbc").drivers()
    except ImportError:  # its wheel needs the driver manager's library
        installed = []
    if "FreeTDS" in installed:
        return
    missing = MissingProgram("FreeTDS' ODBC driver", REMEDY)
    if os.environ.get("CI") == "true":
        raise missing
    pytest.skip(str(missing))


def connect(settings: Mapping[str, SettingValue]) -> Any:
    """A connection of pyodbc's, beside the product's connector, that commits by itself."""
    pyodbc = importlib.import_module("pyodbc")
    complete = validate_settings(ConnectorFactory.get("sqlserver"), {**settings, "application_name": "tests"})
    driver = chosen_driver(complete, pyodbc.drivers())
    return pyodbc.connect(connection_string(complete, driver), autocommit=True)


class SqlServerStandIn:
    """Usable inside a `with` block; `params` log in. `tls` serves those who ask for it, None: it has none."""

    tls: ssl.SSLContext | None

    def __enter__(self) -> Self:
        require_freetds()
        self.database = duckdb.connect()
        self.database.execute(Path(__file__).with_suffix(".sql").read_text())
        with reachable_directory() as directory:
            self.tls = _tls(directory)
        self.sessions: set[_Session] = set()
        self._server = _Server((LOOPBACK, 0), _Session)
        self._server.stand_in = self
        self.params = ServerParams(LOOPBACK, self._server.server_address[1], "checker", "p@ss;w{ord=['x\"];")
        self._thread = threading.Thread(target=self._server.serve_forever, name="sqlserver", daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self.kill_sessions()
        self._server.server_close()
        self._thread.join()
        self.database.close()

    def running(self, text: str) -> int:
        """How many statements with the text run now."""
        return sum(text in session.statement for session in list(self.sessions))

    def kill_sessions(self, application: str = "") -> None:
        """End the sessions of the application, or all."""
        for session in list(self.sessions):
            if application in ("", session.application):
                session.end()


def _tls(directory: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.maximum_version = ssl.TLSVersion.TLSv1_2  # the newest that this version of the protocol goes with
    context.load_cert_chain(*Authority("Tests").issue("sqlserver", (LOOPBACK,)).write(directory, "server"))
    return context


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    stand_in: SqlServerStandIn


class _Session(socketserver.BaseRequestHandler):
    """One client. A batch runs in a thread of its own, so that the client can ask for its end."""

    server: _Server

    def setup(self) -> None:
        self.statement = ""
        self.application = ""
        self._wire = tds.Wire(self.request)
        self._link = self.server.stand_in.database.cursor()
        self._batch: threading.Thread | None = None
        self._asked_to_stop = False
        self._lock = threading.Lock()
        self.server.stand_in.sessions.add(self)

    def handle(self) -> None:
        with suppress(OSError):  # the client is gone
            if self._logs_in():
                while True:
                    self._answer(*self._wire.receive())

    def finish(self) -> None:
        self.server.stand_in.sessions.discard(self)
        self._interrupt()
        self._link.close()

    def end(self) -> None:
        with suppress(OSError):
            self.request.shutdown(2)

    def _logs_in(self) -> bool:
        params = self.server.stand_in.params
        while True:
            kind, content = self._wire.receive()
            if kind == tds.PRELOGIN:
                self._begin(content)
                continue
            login = tds.read_login(content)
            self.application = login.application
            if (login.user, login.password) != (params.user, params.password):
                self._wire.send(tds.failed(18456, f"Login failed for user '{login.user}'."))
                return False
            if login.database.lower() not in ("", DATABASE):
                said = f'Cannot open database "{login.database}" requested by the login. The login failed.'
                self._wire.send(tds.failed(4060, said))
                return False
            self._wire.send(tds.logged_in(DATABASE))
            return True

    def _begin(self, content: bytes) -> None:
        tls = self.server.stand_in.tls if tds.wants_tls(content) else None
        self._wire.send(tds.prelogin(encrypts=tls is not None))
        if tls is not None:
            self._wire.begin_tls(tls)

    def _answer(self, kind: int, content: bytes) -> None:
        if kind == tds.BATCH:
            self.statement = tds.batch_text(content)
            self._asked_to_stop = False
            self._batch = threading.Thread(target=self._run, args=(self.statement,), daemon=True)
            self._batch.start()
        elif kind == tds.ATTENTION:
            self._stop()
        else:
            self._wire.send(tds.failed(2812, "Could not find stored procedure."))

    def _stop(self) -> None:
        with self._lock:
            running = bool(self.statement)
            self._asked_to_stop = running
        if running:
            self._interrupt()
        else:
            self._wire.send(tds.cancelled())

    def _interrupt(self) -> None:
        """Until the batch has ended: it may not have come to what can be interrupted yet."""
        while self._batch is not None and self._batch.is_alive():
            self._link.interrupt()
            self._batch.join(0.02)

    def _run(self, sql: str) -> None:
        answer = self._executed(sql)
        with self._lock:
            self.statement = ""
            stopped = self._asked_to_stop
        with suppress(OSError):
            self._wire.send(tds.cancelled() if stopped else answer)

    def _executed(self, sql: str) -> bytes:
        answer = tds.done()
        try:
            for statement, asks in for_duckdb(sql):
                answer = self._result(statement, asks)
        except SqlglotError as error:
            return tds.failed(102, f"Incorrect syntax near '{error}'.")
        except duckdb.Error as error:
            return tds.failed(*_meaning(error))
        return answer

    def _result(self, statement: str, asks: bool) -> bytes:
        self._link.execute(statement)
        if not asks:
            return tds.done()
        columns = [(name, str(kind)) for name, kind, *_ in self._link.description or []]
        return tds.result(columns, self._link.fetchall())


def _meaning(error: duckdb.Error) -> tuple[int, str]:
    """SQL Server's number and words for what DuckDB says."""
    said = str(error)
    if isinstance(error, duckdb.CatalogException):
        unknown_function = "Function" in said
        return (
            (195, f"'{said}' is not a recognized built-in function name.")
            if unknown_function
            else (208, f"Invalid object name '{said}'.")
        )
    if isinstance(error, duckdb.BinderException):
        return 207, f"Invalid column name '{said}'."
    if isinstance(error, duckdb.ConversionException):
        return 8114, "Error converting data type nvarchar to float."
    return 50000, f"'{said}'"

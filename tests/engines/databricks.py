"""What Databricks puts before Spark: HTTPS, tokens, OAuth, its own fields of the protocol. Behind it is Spark itself.

It reads the messages with the classes that the driver brings along, changes what Spark does not know, and passes the
rest on.
"""

from __future__ import annotations

import base64
import json
import ssl
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from databricks.sql.thrift_api.TCLIService import TCLIService
from databricks.sql.thrift_api.TCLIService import ttypes as wire
from thrift.protocol.TBinaryProtocol import TBinaryProtocol
from thrift.Thrift import TMessageType
from thrift.transport.TSocket import TSocket
from thrift.transport.TTransport import TBufferedTransport, TMemoryBuffer

from local.ports import LOOPBACK, any_free
from tests.engines.certificates import Authority

WAREHOUSE = "/sql/1.0/warehouses/1a2b"
CLUSTER = "/sql/protocolv1/o/1/0101-000000-abcdef"
TOKEN = "dapi-only-for-tests"
CLIENT = ("a1b2-c3d4", "its 'client' secret")
ISSUED = "issued-to-the-service-principal"
UNITY = "unity"
"""A catalog that has an information_schema, by what `Databricks.unity` says; Spark's own has none."""

_AS_SPARK = {
    "TIMEZONE": "spark.sql.session.timeZone",
    "ANSI_MODE": "spark.sql.ansi.enabled",
    "STATEMENT_TIMEOUT": "spark.sql.thriftServer.queryTimeout",
}
_VALUES = ("boolVal", "byteVal", "i16Val", "i32Val", "i64Val", "doubleVal", "stringVal", "binaryVal")


@dataclass(eq=False, slots=True)
class Session:
    """One session with Spark, over a connection of its own."""

    client: TCLIService.Client
    transport: TBufferedTransport
    unity: bool
    lock: threading.Lock = field(default_factory=threading.Lock)

    def call(self, name: str, request: object) -> Any:
        with self.lock:
            return getattr(self.client, name)(request)


@dataclass(slots=True)
class Operation:
    """A statement, and how many rows of its answer may still be fetched."""

    session: Session
    handle: wire.TOperationHandle
    statement: str
    rows: int


class Databricks:
    """A workspace on a free port of this machine, for as long as `serve` lasts.

    `paths` are the requests' so far. `unity` has the queries that stand for the tables of the information_schema, and,
    as `schemata`, for the list of schemas. As many requests as `starting` are told that the warehouse starts.
    """

    def __init__(self, spark_port: int, directory: Path) -> None:
        authority = Authority("Databricks for tests")
        self.port = any_free()
        self.root_certificate = directory / "databricks-root.pem"
        self.root_certificate.write_bytes(authority.root)
        self.paths: list[str] = []
        self.unity: dict[str, str] = {}
        self.starting = 0
        self._certificate = authority.issue("databricks", [LOOPBACK]).write(directory, "databricks")
        self._spark_port = spark_port
        self._sessions: dict[bytes, Session] = {}
        self._operations: dict[bytes, Operation] = {}

    @contextmanager
    def serve(self) -> Iterator[None]:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*self._certificate)
        with _Server((LOOPBACK, self.port), _handler(self)) as server:
            server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
            thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
            thread.start()
            try:
                yield
            finally:
                self.kill_sessions()
                server.shutdown()
                thread.join()

    @property
    def settings(self) -> dict[str, str | int]:
        """What a connection to the warehouse is made of."""
        return {
            "host": LOOPBACK,
            "port": self.port,
            "http_path": WAREHOUSE,
            "token": TOKEN,
            "ssl_root_cert": str(self.root_certificate),
        }

    def write(self, statements: Iterable[str]) -> None:
        """Execute statements of an administrator."""
        with closing(TBufferedTransport(TSocket(LOOPBACK, self._spark_port))) as transport:
            transport.open()
            session = Session(TCLIService.Client(TBinaryProtocol(transport)), transport, unity=False)
            handle = session.call("OpenSession", _spark_session()).sessionHandle
            for statement in statements:
                self._run(session, handle, statement)

    def running(self, text: str) -> int:
        """How many statements with the text Spark still works at."""
        found = 0
        for operation in list(self._operations.values()):
            if text in operation.statement:
                request = wire.TGetOperationStatusReq(operationHandle=operation.handle)
                state = operation.session.call("GetOperationStatus", request).operationState
                found += state in (wire.TOperationState.RUNNING_STATE, wire.TOperationState.PENDING_STATE)
        return found

    def kill_sessions(self) -> None:
        sessions, self._sessions, self._operations = self._sessions, {}, {}
        for session in sessions.values():
            session.transport.close()

    def token(self, authorization: str) -> dict[str, str | int] | None:
        """A token for the service principal; None if it is not the one that we know."""
        expected = "Basic " + base64.b64encode(":".join(CLIENT).encode()).decode()
        if authorization != expected:
            return None
        return {"access_token": ISSUED, "token_type": "Bearer", "expires_in": 3600}

    def answer(self, name: str, request: Any) -> Any:
        if name == "OpenSession":
            return self._open(request)
        session = self._session(request)
        if session is None:
            status = wire.TStatus(wire.TStatusCode.INVALID_HANDLE_STATUS, errorMessage="Invalid SessionHandle")
            return getattr(wire, f"T{name}Resp")(status=status)
        return getattr(self, f"_{name}", self._pass)(session, name, request)

    def _session(self, request: Any) -> Session | None:
        owner = getattr(request, "sessionHandle", None)
        if owner is not None:
            return self._sessions.get(owner.sessionId.guid)
        operation = self._operations.get(request.operationHandle.operationId.guid)
        return operation.session if operation else None

    def _pass(self, session: Session, name: str, request: Any) -> Any:
        return session.call(name, request)

    def _open(self, request: wire.TOpenSessionReq) -> wire.TOpenSessionResp:
        namespace, settings = request.initialNamespace, request.configuration or {}
        unity = namespace is not None and namespace.catalogName == UNITY
        transport = TBufferedTransport(TSocket(LOOPBACK, self._spark_port))
        transport.open()
        session = Session(TCLIService.Client(TBinaryProtocol(transport)), transport, unity)
        answer = session.call("OpenSession", _spark_session())
        for setting, value in settings.items():
            key = _AS_SPARK.get(setting, setting)
            if key.startswith("spark.sql."):
                self._run(session, answer.sessionHandle, f"SET {key}={value}")
        self._sessions[answer.sessionHandle.sessionId.guid] = session
        answer.serverProtocolVersion = wire.TProtocolVersion.SPARK_CLI_SERVICE_PROTOCOL_V7
        answer.canUseMultipleCatalogs, answer.initialNamespace = True, namespace
        return answer

    def _run(self, session: Session, handle: wire.TSessionHandle, statement: str) -> None:
        done = session.call("ExecuteStatement", wire.TExecuteStatementReq(handle, statement, runAsync=False))
        assert done.status.statusCode == wire.TStatusCode.SUCCESS_STATUS, done.status.errorMessage

    def _CloseSession(self, session: Session, name: str, request: wire.TCloseSessionReq) -> Any:
        del self._sessions[request.sessionHandle.sessionId.guid]
        answer = session.call(name, request)
        session.transport.close()
        return answer

    def _ExecuteStatement(self, session: Session, name: str, request: wire.TExecuteStatementReq) -> Any:
        limit, statement = request.resultRowLimit, request.statement
        if session.unity:
            request.statement = self._as_unity(statement)
        request.confOverlay, request.getDirectResults, request.resultRowLimit = {}, None, None
        return self._begun(session, session.call(name, request), statement, limit)

    def _as_unity(self, statement: str) -> str:
        for name, query in self.unity.items():
            statement = statement.replace(f"information_schema.{name}", f"({query})")
        return self.unity["schemata"] if statement == "SHOW SCHEMAS" else statement

    def _GetTables(self, session: Session, name: str, request: Any) -> Any:
        request.getDirectResults = request.runAsync = request.catalogName = None
        return self._begun(session, session.call(name, request), name)

    _GetColumns = _GetTables

    def _begun(self, session: Session, answer: Any, statement: str, limit: int | None = None) -> Any:
        if answer.operationHandle is not None:
            operation = Operation(session, answer.operationHandle, statement, limit or 1_000_000)
            self._operations[answer.operationHandle.operationId.guid] = operation
        return answer

    def _CloseOperation(self, session: Session, name: str, request: wire.TCloseOperationReq) -> Any:
        del self._operations[request.operationHandle.operationId.guid]
        return session.call(name, request)

    def _GetResultSetMetadata(self, session: Session, name: str, request: Any) -> Any:
        answer = session.call(name, request)
        answer.resultFormat = wire.TSparkRowSetType.COLUMN_BASED_SET
        if answer.schema is None or not answer.schema.columns:  # of a statement that returns nothing
            text = wire.TTypeEntry(primitiveEntry=wire.TPrimitiveTypeEntry(type=wire.TTypeId.STRING_TYPE))
            column = wire.TColumnDesc(columnName="Result", position=1, typeDesc=wire.TTypeDesc(types=[text]))
            answer.schema = wire.TTableSchema(columns=[column])
        return answer

    def _FetchResults(self, session: Session, name: str, request: wire.TFetchResultsReq) -> Any:
        operation = self._operations[request.operationHandle.operationId.guid]
        request.maxRows = min(request.maxRows, operation.rows)
        answer = session.call(name, request)
        about = wire.TGetResultSetMetadataReq(operationHandle=request.operationHandle)
        answer.resultSetMetadata = self._GetResultSetMetadata(session, "GetResultSetMetadata", about)
        if answer.results is not None and not answer.results.columns:
            answer.results.columns = [wire.TColumn(stringVal=wire.TStringColumn(values=[], nulls=b""))]
        found = _rows(answer.results)
        operation.rows -= found
        answer.hasMoreRows = bool(found and found == request.maxRows and operation.rows)
        return answer


def _spark_session() -> wire.TOpenSessionReq:
    return wire.TOpenSessionReq(client_protocol=7)


def _rows(results: wire.TRowSet | None) -> int:
    if results is None:
        return 0
    column = results.columns[0]
    return next(len(getattr(column, name).values) for name in _VALUES if getattr(column, name) is not None)


class _Server(ThreadingHTTPServer):
    def handle_error(self, request: object, client_address: object) -> None:
        """Clients that do not trust the certificate go away."""


def _handler(workspace: Databricks) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, format: str, *args: object) -> None:
            """Nobody reads along."""

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            authorization = self.headers.get("Authorization", "")
            workspace.paths.append(self.path)
            if self.path == "/oidc/v1/token":
                issued = workspace.token(authorization)
                self._reply(200 if issued else 401, json.dumps(issued or {"error": "invalid_client"}).encode())
            elif authorization not in (f"Bearer {TOKEN}", f"Bearer {ISSUED}"):
                self._reply(403, b"", {"x-databricks-reason-phrase": "Invalid access token."})
            elif self.path not in (WAREHOUSE, CLUSTER):
                self._reply(404, b"", {"x-databricks-reason-phrase": "There is no such warehouse."})
            elif workspace.starting:
                workspace.starting -= 1
                self._reply(503, b"", {"Retry-After": "1"})
            else:
                with suppress(ConnectionError):  # of whoever does not wait for the answer
                    self._reply(200, _answered(workspace, body))

        def _reply(self, status: int, body: bytes, headers: Mapping[str, str] | None = None) -> None:
            self.send_response(status)
            for name, value in (headers or {}).items():
                self.send_header(name, value)
            self.send_header("Content-Type", "application/x-thrift")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    return Handler


def _answered(workspace: Databricks, body: bytes) -> bytes:
    incoming = TBinaryProtocol(TMemoryBuffer(body))
    name, _, number = incoming.readMessageBegin()
    arguments = getattr(TCLIService, f"{name}_args")()
    arguments.read(incoming)
    result = getattr(TCLIService, f"{name}_result")()
    result.success = workspace.answer(name, arguments.req)
    buffer = TMemoryBuffer()
    outgoing = TBinaryProtocol(buffer)
    outgoing.writeMessageBegin(name, TMessageType.REPLY, number)
    result.write(outgoing)
    outgoing.writeMessageEnd()
    written: bytes = buffer.getvalue()
    return written

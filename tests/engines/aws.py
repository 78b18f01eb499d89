"""A stand-in for what AWS answers when a driver asks for a database's temporary credentials."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self
from urllib.parse import parse_qs

from local.ports import LOOPBACK
from tests.engines.postgres import ServerParams

EXPIRES = "2099-01-01T00:00:00Z"
ROLE_KEYS = ("ASIAROLE", "role-secret", "role-token")


@dataclass(frozen=True, slots=True)
class AwsCall:
    """What was asked: the action, its parameters, and the id of the access key that signed it."""

    action: str
    params: dict[str, str]
    key: str


@dataclass
class FakeAws:
    """Gives out the database's user and password; use it in `with`. `refusal` is an error code to answer with."""

    database: ServerParams
    refusal: str = ""
    calls: list[AwsCall] = field(default_factory=list)

    def __enter__(self) -> Self:
        self._server = ThreadingHTTPServer((LOOPBACK, 0), type("Handler", (_Handler,), {"aws": self}))
        self._thread = threading.Thread(target=self._server.serve_forever, name="fake-aws", daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def url(self) -> str:
        return f"http://{LOOPBACK}:{self._server.server_port}"

    def answer(self, call: AwsCall) -> str | dict[str, object]:
        """XML of the result, or JSON for the services that speak it."""
        database = self.database
        user, password = f"<DbUser>{database.user}</DbUser>", f"<DbPassword>{database.password}</DbPassword>"
        key, secret, token = ROLE_KEYS
        answers: dict[str, str | dict[str, object]] = {
            "GetClusterCredentials": f"{user}{password}<Expiration>{EXPIRES}</Expiration>",
            "GetClusterCredentialsWithIAM": f"{user}{password}<Expiration>{EXPIRES}</Expiration>",
            "AssumeRole": (
                f"<Credentials><AccessKeyId>{key}</AccessKeyId><SecretAccessKey>{secret}</SecretAccessKey>"
                f"<SessionToken>{token}</SessionToken><Expiration>{EXPIRES}</Expiration></Credentials>"
            ),
            "GetCredentials": {"dbUser": database.user, "dbPassword": database.password, "expiration": 4070908800},
        }
        return answers[call.action]


class _Handler(BaseHTTPRequestHandler):
    aws: FakeAws

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        key = self.headers["Authorization"].partition("Credential=")[2].partition("/")[0]
        target = self.headers.get("X-Amz-Target", "")
        if target:
            call = AwsCall(target.rpartition(".")[2], json.loads(body), key)
        else:
            params = {name: value for name, [value] in parse_qs(body).items()}
            call = AwsCall(params.pop("Action"), params, key)
        self.aws.calls.append(call)
        if self.aws.refusal:
            self._refuse(call)
            return
        answer = self.aws.answer(call)
        if isinstance(answer, str):
            answer = f"<R><{call.action}Result>{answer}</{call.action}Result></R>"
            self._send(200, answer, "text/xml")
        else:
            self._send(200, json.dumps(answer), "application/x-amz-json-1.1")

    def _refuse(self, call: AwsCall) -> None:
        error = f"<Error><Type>Sender</Type><Code>{self.aws.refusal}</Code><Message>no {call.key}</Message></Error>"
        self._send(400, f"<ErrorResponse>{error}<RequestId>1</RequestId></ErrorResponse>", "text/xml")

    def _send(self, status: int, text: str, kind: str) -> None:
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing on the standard error output."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from dq_platform.connectors.databricks_oauth import ServicePrincipal
from dq_platform.errors import SourceError, SourceProblem
from local.ports import LOOPBACK, any_free
from tests.engines.certificates import Authority


@dataclass
class TokenServer:
    """Answers each request with the next of `answers`; `asked` has what was sent."""

    answers: list[tuple[int, str]]
    asked: list[tuple[str, str, str]] = field(default_factory=list)
    origin: str = ""
    context: ssl.SSLContext = field(default_factory=ssl.create_default_context)

    def principal(self, **changes: str) -> ServicePrincipal:
        return ServicePrincipal(
            engine="Databricks",
            origin=changes.get("origin", self.origin),
            client_id="id",
            client_secret="s3cret",
            context=self.context,
            timeout=timedelta(seconds=5),
        )


class QuietServer(HTTPServer):
    def handle_error(self, request: object, client_address: object) -> None:
        """Clients that do not trust the certificate go away."""


@pytest.fixture
def tokens(tmp_path: Path) -> Iterator[TokenServer]:
    authority = Authority("Whom we trust")
    server_side = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server_side.load_cert_chain(*authority.issue("workspace", [LOOPBACK]).write(tmp_path, "workspace"))
    port = any_free()
    trusting = ssl.create_default_context(cadata=authority.root.decode())
    tokens = TokenServer([], origin=f"https://{LOOPBACK}:{port}", context=trusting)

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:
            """Nobody reads along."""

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            tokens.asked.append((self.path, self.headers["Authorization"], body))
            status, answer = tokens.answers.pop(0)
            self.send_response(status)
            if status == 302:
                self.send_header("Location", answer)
            self.end_headers()
            self.wfile.write(answer.encode())

        do_GET = do_POST  # noqa: N815

    with QuietServer((LOOPBACK, port), Handler) as server:
        server.socket = server_side.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        yield tokens
        server.shutdown()
        thread.join()


def token(name: str, seconds: int) -> tuple[int, str]:
    return 200, f'{{"access_token": "{name}", "token_type": "Bearer", "expires_in": {seconds}}}'


def test_a_token_is_asked_for_with_id_and_secret_and_serves_until_it_expires(tokens: TokenServer) -> None:
    tokens.answers = [token("first", 3600)]
    principal = tokens.principal()
    assert principal.headers() == {"Authorization": "Bearer first"}
    assert principal()() == {"Authorization": "Bearer first"}
    assert tokens.asked == [
        ("/oidc/v1/token", "Basic aWQ6czNjcmV0", "grant_type=client_credentials&scope=all-apis"),
    ]


def test_a_token_is_renewed_a_minute_before_it_expires(tokens: TokenServer) -> None:
    tokens.answers = [token("first", 59), token("second", 3600)]
    principal = tokens.principal()
    assert principal.headers() == {"Authorization": "Bearer first"}
    assert principal.headers() == {"Authorization": "Bearer second"}


@pytest.mark.parametrize(
    ("answer", "problem", "code"),
    [
        ((401, '{"error": "invalid_client"}'), SourceProblem.CREDENTIALS, "401"),
        ((400, "{}"), SourceProblem.CREDENTIALS, "400"),
        ((503, ""), SourceProblem.UNREACHABLE, "503"),
        ((200, "no JSON"), SourceProblem.UNREACHABLE, ""),
        ((200, "{}"), SourceProblem.UNREACHABLE, ""),
        ((200, "[]"), SourceProblem.UNREACHABLE, ""),
    ],
)
def test_an_answer_without_a_token_is_told_without_the_secret(
    tokens: TokenServer, answer: tuple[int, str], problem: SourceProblem, code: str
) -> None:
    tokens.answers = [answer]
    with pytest.raises(SourceError) as caught:
        tokens.principal().headers()
    assert (caught.value.problem, caught.value.code) == (problem, code)
    assert "s3cret" not in caught.value.message


def test_a_redirect_is_not_followed_with_the_secret(tokens: TokenServer) -> None:
    tokens.answers = [(302, f"{tokens.origin}/elsewhere")]
    with pytest.raises(SourceError) as caught:
        tokens.principal().headers()
    assert caught.value.problem is SourceProblem.UNREACHABLE
    assert [path for path, _, _ in tokens.asked] == ["/oidc/v1/token"]


def test_nothing_is_sent_to_a_server_that_nobody_vouches_for(tokens: TokenServer) -> None:
    tokens.context = ssl.create_default_context()
    with pytest.raises(SourceError) as caught:
        tokens.principal().headers()
    assert caught.value.problem is SourceProblem.UNREACHABLE
    assert tokens.asked == []


def test_the_secret_does_not_show(tokens: TokenServer) -> None:
    assert "s3cret" not in repr(tokens.principal())

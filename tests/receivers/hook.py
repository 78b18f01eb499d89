"""A server that takes what is posted to it, and keeps it."""

from __future__ import annotations

import json
import ssl
import threading
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True, slots=True)
class Posted:
    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(slots=True)
class Hook:
    """`answers` are the next statuses of a path, each with its headers; 204 when they are used up.

    Paths that are `gone` answer 404.
    """

    port: int
    posted: list[Posted] = field(default_factory=list)
    answers: defaultdict[str, list[tuple[int, Mapping[str, str]]]] = field(default_factory=lambda: defaultdict(list))
    gone: set[str] = field(default_factory=set)

    def url(self, path: str = "/hook", host: str = "127.0.0.1", scheme: str = "http") -> str:
        return f"{scheme}://{host}:{self.port}{path}"

    def of(self, path: str) -> list[Posted]:
        return [one for one in self.posted if one.path == path]


@contextmanager
def hook(tls: ssl.SSLContext | None = None, host: str = "127.0.0.1") -> Iterator[Hook]:
    made = Hook(0)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            made.posted.append(Posted(self.path, dict(self.headers.items()), body))
            status, headers = made.answers[self.path].pop(0) if made.answers[self.path] else (204, {})
            status = 404 if self.path in made.gone else status
            self.send_response(status)
            for name, value in {**headers, "content-length": "0"}.items():
                self.send_header(name, value)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Quietly."""

    class Server(ThreadingHTTPServer):
        def handle_error(self, *_: object) -> None:
            """A client that does not like our certificate hangs up."""

    server = Server((host, 0), Handler)
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    made.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()
        thread.join()

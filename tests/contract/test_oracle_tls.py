"""Oracle's real driver before a server that speaks TLS and nothing else: whom does it begin to talk to?"""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import oracledb
import pytest

from dq_platform.connectors.oracle import OracleConnector
from dq_platform.connectors.settings import validate_settings
from dq_platform.errors import SourceError, SourceProblem
from local.ports import LOOPBACK
from tests.contract.engine import short
from tests.engines.certificates import Authority, Certificate

CONNECT = oracledb.connect

OURS, OTHERS = Authority("Ours"), Authority("Others")
RIGHT = OURS.issue("db", ["localhost"])
OF_ANOTHER_HOST = OURS.issue("db", ["db.example.org"])


@pytest.fixture(autouse=True)
def real_driver(monkeypatch: pytest.MonkeyPatch) -> None:
    """Doubles of its connections that last for the whole session may be in place."""
    monkeypatch.setattr(oracledb, "connect", CONNECT)


@contextmanager
def server(certificate: Certificate, directory: Path) -> Iterator[tuple[int, list[bytes]]]:
    """A port, and what the one client that is served there says under TLS before the door is shut."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate.write(directory, "server"))
    heard: list[bytes] = []

    def serve(listening: socket.socket) -> None:
        plain, _ = listening.accept()
        with plain:
            plain.settimeout(10)
            try:
                with context.wrap_socket(plain, server_side=True) as encrypted:
                    heard.append(encrypted.recv(300))
            except OSError:
                heard.append(b"")

    with socket.create_server((LOOPBACK, 0)) as listening:
        thread = threading.Thread(target=serve, args=(listening,), daemon=True)
        thread.start()
        yield listening.getsockname()[1], heard
        thread.join()


def said_to(certificate: Certificate, directory: Path, **changes: Any) -> bytes:
    root = directory / "root.pem"
    root.write_bytes(changes.pop("root", OURS.root))
    given = {"host": "localhost", "service_name": "s", "user": "u", "password": "p", "ssl_root_cert": str(root)}
    with server(certificate, directory) as (port, heard):
        settings = validate_settings(OracleConnector, given | {"port": port} | changes)
        with pytest.raises(SourceError) as caught:
            OracleConnector(settings, short()).connect()
        assert caught.value.problem is SourceProblem.UNREACHABLE
    return heard[0]


@pytest.mark.parametrize(
    ("certificate", "changes"),
    [
        (RIGHT, {}),
        (OF_ANOTHER_HOST, {"server_dn_match": False}),
        (OF_ANOTHER_HOST, {"server_cert_dn": "CN=db"}),
    ],
)
def test_a_server_that_is_vouched_for_is_talked_to(
    certificate: Certificate, changes: dict[str, Any], tmp_path: Path
) -> None:
    assert said_to(certificate, tmp_path, **changes)


@pytest.mark.parametrize(
    ("certificate", "changes"),
    [
        (OF_ANOTHER_HOST, {}),
        (RIGHT, {"server_cert_dn": "CN=other"}),
        (RIGHT, {"root": OTHERS.root}),
        (RIGHT, {"ssl_root_cert": ""}),
        (OURS.issue("db", ["localhost"], expired=True), {}),
    ],
)
def test_nothing_is_said_to_any_other_server(certificate: Certificate, changes: dict[str, Any], tmp_path: Path) -> None:
    assert said_to(certificate, tmp_path, **changes) == b""

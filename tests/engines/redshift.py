"""A stand-in for Redshift: a real PostgreSQL behind a proxy, with Redshift's views, functions and literals."""

from __future__ import annotations

import ssl
from contextlib import ExitStack, closing
from pathlib import Path
from types import TracebackType
from typing import Self

from psycopg2.extensions import connection

from local.ports import LOOPBACK, any_free
from tests.engines.certificates import Authority
from tests.engines.places import reachable_directory
from tests.engines.postgres import PostgresServer, ServerParams
from tests.engines.redshift_proxy import RedshiftProxy

CLUSTER = "shop.abc123xyz789.eu-central-1.redshift.amazonaws.com"
WORKGROUP = "shop-work.123456789012.eu-central-1.redshift-serverless.amazonaws.com"
AT_AWS = (CLUSTER, WORKGROUP)

# The driver knows no SCRAM. In literals a backslash escapes.
_LOGIN = "host all checker,reader 127.0.0.1/32 md5\n"
_SET_UP = (
    "SET password_encryption = 'md5'; SET client_min_messages = error;"
    "CREATE ROLE checker LOGIN SUPERUSER PASSWORD %(password)s; CREATE ROLE reader LOGIN PASSWORD %(password)s;"
    "ALTER DATABASE postgres SET standard_conforming_strings = off;"
    "ALTER DATABASE postgres SET escape_string_warning = off"
)


class RedshiftServer:
    """Usable inside a `with` block.

    `params` log in as a user who may do everything; `reader`, with the same password, may
    do nothing. `authority` is the file with the certificate that its own descends from.
    """

    def __init__(self) -> None:
        self.params = ServerParams(LOOPBACK, any_free(), "checker", "only for tests: p@ss/w%rd")
        self._exit = ExitStack()

    def __enter__(self) -> Self:
        with ExitStack() as cleanup:
            self._postgres = cleanup.enter_context(PostgresServer())
            tls = self._tls(cleanup.enter_context(reachable_directory()))
            self._prepare()
            upstream = (self._postgres.params.host, self._postgres.params.port)
            proxy = RedshiftProxy(self.params.port, upstream, tls)
            proxy.start()
            cleanup.callback(proxy.stop)
            self._exit = cleanup.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._exit.close()

    def connect(self) -> connection:
        """A psycopg2 connection of the administrator, past the proxy, that commits by itself."""
        link = self._postgres.connect()
        link.autocommit = True
        return link

    def _tls(self, directory: Path) -> ssl.SSLContext:
        authority = Authority("Tests")
        self.authority = directory / "authority.pem"
        self.authority.write_bytes(authority.root)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*authority.issue("redshift", (LOOPBACK, *AT_AWS)).write(directory, "server"))
        return context

    def _prepare(self) -> None:
        with closing(self.connect()) as link, link.cursor() as cursor:
            cursor.execute("SHOW hba_file")
            [(name,)] = cursor.fetchall()
            rules = Path(name)
            rules.write_text(_LOGIN + rules.read_text())
            cursor.execute(_SET_UP, {"password": self.params.password})
            cursor.execute("SELECT pg_reload_conf()")
            cursor.execute(Path(__file__).with_suffix(".sql").read_text())

"""The settings of a Databricks connection."""

from __future__ import annotations

import re
import ssl
from collections.abc import Mapping

from dq_platform.connectors.base import Beside, Setting, SettingKind
from dq_platform.errors import SourceError, SourceProblem, Violation
from dq_platform.models.connection import SettingValue

_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.\-]*[A-Za-z0-9])?")
_PATH = re.compile(r"/?sql/[\w/.\-]+(?:\?o=[0-9]+)?")
_WAREHOUSE = re.compile(r"/?sql/1\.0/(?:warehouses|endpoints)/")
_TOKEN = Beside("authentication", ("token",))
_PRINCIPAL = Beside("authentication", ("oauth-m2m",))

SETTINGS = (
    Setting("host", "Host name of the workspace, such as dbc-1234.cloud.databricks.com.", required=True, route=True),
    Setting("port", "Port.", SettingKind.INTEGER, default=443, minimum=1, maximum=65535, route=True),
    Setting("http_path", "Path of the warehouse or cluster, such as /sql/1.0/warehouses/1a2b.", required=True),
    Setting("catalog", "Catalog whose schemas are shown; the workspace's default if absent."),
    Setting(
        "authentication",
        "How to log in: with a personal access token, or as a service principal through OAuth.",
        default="token",
        choices=("token", "oauth-m2m"),
    ),
    Setting("token", "Personal access token.", secret=True, required=True, beside=_TOKEN),
    Setting("client_id", "Application id of the service principal.", required=True, beside=_PRINCIPAL),
    Setting("client_secret", "Secret of the service principal.", secret=True, required=True, beside=_PRINCIPAL),
    Setting(
        "ssl_mode",
        "How the server's certificate is verified; require: not at all.",
        default="verify-full",
        route=True,
        choices=("require", "verify-full"),
    ),
    Setting("ssl_root_cert", "File with the certificates that the server's must descend from.", route=True),
    Setting(
        "start_wait_seconds",
        "How long a session waits for a stopped warehouse or cluster to start.",
        SettingKind.INTEGER,
        default=0,
        minimum=0,
        maximum=900,
    ),
)


def contradictions(settings: Mapping[str, SettingValue]) -> list[Violation]:
    """What is wrong with valid settings taken together, or with the form of their texts."""
    path, found = "connection.settings", []
    if not _HOST.fullmatch(str(settings["host"])):
        found.append(Violation(f"{path}.host", "host must be a host name alone, without https:// and path."))
    if not _PATH.fullmatch(str(settings["http_path"])):
        found.append(Violation(f"{path}.http_path", "http_path must be a path that begins with /sql/."))
    if "ssl_root_cert" in settings and not verifies(settings):
        description = "ssl_mode must be verify-full beside ssl_root_cert, which nothing is verified with otherwise."
        found.append(Violation(f"{path}.ssl_mode", description))
    return found


def is_warehouse(settings: Mapping[str, SettingValue]) -> bool:
    """Whether the path leads to a SQL warehouse; else it leads to a cluster, whose sessions have other settings."""
    return _WAREHOUSE.match(str(settings["http_path"])) is not None


def verifies(settings: Mapping[str, SettingValue]) -> bool:
    return settings.get("ssl_mode", "verify-full") == "verify-full"


def root_certificate(settings: Mapping[str, SettingValue]) -> str | None:
    """The file of certificates to trust; None: those of the system."""
    path = settings.get("ssl_root_cert")
    return None if path is None else str(path)


def tls_context(settings: Mapping[str, SettingValue]) -> ssl.SSLContext:
    """How connections are verified. Raises SourceError (CREDENTIALS) if the file of certificates is none."""
    try:
        context = ssl.create_default_context(cafile=root_certificate(settings))
    except OSError as error:  # also what a wrong certificate raises
        message = "The file of ssl_root_cert cannot be read, or is no certificate."
        raise SourceError(SourceProblem.CREDENTIALS, message) from error
    if not verifies(settings):
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context

"""The settings of an Oracle connection."""

from __future__ import annotations

import re
import ssl
from collections.abc import Mapping

from dq_platform.connectors.base import Beside, Setting, SettingKind
from dq_platform.errors import SourceError, SourceProblem, Violation
from dq_platform.models.connection import SettingValue

# The driver writes these into a connect descriptor as they are: a bracket would add to it.
_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.\-]*[A-Za-z0-9])?|[0-9A-Fa-f]*:[0-9A-Fa-f:.]+")
_NAME = re.compile(r"[\w.$#\-]+")
_PATH = re.compile(r"/[^()=\"'\x00-\x1f]*")
_DN = re.compile(r"[^()\"\x00-\x1f]+")
_FOREIGN_SCHEME = re.compile(r"(?!tcps?://)[\w\-]+://", re.IGNORECASE)
_ADDRESS = ("service_name", "sid")
_HOSTED = Beside("connect_by", _ADDRESS)

SETTINGS = (
    Setting(
        "connect_by",
        "What names the database: a service or a SID on a host, or a connect string that says all of it.",
        default="service_name",
        choices=("service_name", "sid", "connect_string"),
        route=True,
    ),
    Setting("host", "Host name or address.", required=True, route=True, beside=_HOSTED),
    Setting(
        "port",
        "Port; 2484 for tcps and 1521 for tcp if absent.",
        SettingKind.INTEGER,
        minimum=1,
        maximum=65535,
        route=True,
        beside=_HOSTED,
    ),
    Setting("service_name", "Service.", required=True, route=True, beside=Beside("connect_by", ("service_name",))),
    Setting("sid", "System identifier.", required=True, route=True, beside=Beside("connect_by", ("sid",))),
    Setting(
        "connect_string",
        "Connect descriptor, Easy Connect string, or name in the tnsnames.ora of wallet_location. What it says of TLS "
        "counts more than the settings.",
        required=True,
        route=True,
        beside=Beside("connect_by", ("connect_string",)),
    ),
    Setting(
        "protocol",
        "tcps is TLS with the server's certificate verified; tcp is not encrypted.",
        default="tcps",
        choices=("tcp", "tcps"),
        route=True,
        beside=_HOSTED,
    ),
    Setting(
        "server_dn_match",
        "Whether the server's certificate must be of the host, or of server_cert_dn.",
        SettingKind.BOOLEAN,
        default=True,
        route=True,
    ),
    Setting("server_cert_dn", "Distinguished name that the server's certificate must have.", route=True),
    Setting("ssl_root_cert", "File with the certificates that the server's must descend from.", route=True),
    Setting("wallet_location", "Directory of a wallet (ewallet.pem) and of tnsnames.ora.", route=True),
    Setting("wallet_password", "Password of the wallet.", secret=True),
    Setting("user", "User; one with read access only is best.", required=True),
    Setting("password", "Password.", secret=True, required=True),
)

_FORMS = {
    "host": (_HOST, "must be a host name or an address"),
    "service_name": (_NAME, "may have letters, digits, and . _ $ # - only"),
    "sid": (_NAME, "may have letters, digits, and . _ $ # - only"),
    "server_cert_dn": (_DN, "must not have brackets or double quotes"),
    "wallet_location": (_PATH, "must be an absolute path, without brackets, quotes and ="),
}


def contradictions(settings: Mapping[str, SettingValue]) -> list[Violation]:
    """What is wrong with valid settings taken together, or with the form of their texts."""
    found = [
        _wrong(name, problem)
        for name, (form, problem) in _FORMS.items()
        if name in settings and not form.fullmatch(str(settings[name]))
    ]
    written = str(settings.get("connect_string", ""))
    if "@" in written or _FOREIGN_SCHEME.match(written):
        found.append(_wrong("connect_string", "must be without user, password and any scheme but tcp and tcps"))
    if "wallet_password" in settings and "wallet_location" not in settings:
        found.append(_missing("wallet_location", "wallet_password"))
    if "server_cert_dn" in settings and not settings["server_dn_match"]:
        found.append(_wrong("server_dn_match", "must be true beside server_cert_dn"))
    if "ssl_root_cert" in settings and "wallet_location" in settings:
        found.append(_wrong("ssl_root_cert", "cannot stand beside wallet_location, which names whom to trust itself"))
    return found + _of_tls_alone(settings)


def _of_tls_alone(settings: Mapping[str, SettingValue]) -> list[Violation]:
    if settings.get("protocol") != "tcp":
        return []
    names = ("server_cert_dn", "ssl_root_cert", "wallet_location")
    return [_wrong(name, "counts only if protocol is 'tcps'") for name in names if name in settings]


def _wrong(name: str, problem: str) -> Violation:
    return Violation(f"connection.settings.{name}", f"{name} {problem}.")


def _missing(name: str, beside: str) -> Violation:
    return Violation(f"connection.settings.{name}", f"{name} is needed beside {beside}.", "MISSING_SETTING")


def connect_parameters(settings: Mapping[str, SettingValue]) -> dict[str, object]:
    """What the driver is asked to connect to, as whom, and how it verifies the server.

    Raises SourceError (CREDENTIALS) if the file of certificates is none.
    """
    parameters: dict[str, object] = {"user": settings["user"], "password": settings["password"]}
    parameters |= _target(settings)
    parameters["ssl_server_dn_match"] = settings.get("server_dn_match", True)
    names = {"server_cert_dn": "ssl_server_cert_dn", "wallet_location": "wallet_location"}
    parameters |= {ours: settings[name] for name, ours in names.items() if name in settings}
    if "wallet_password" in settings:
        parameters["wallet_password"] = settings["wallet_password"]
    if "ssl_root_cert" in settings:
        parameters["ssl_context"] = _trusting(str(settings["ssl_root_cert"]))
    return parameters


def _target(settings: Mapping[str, SettingValue]) -> dict[str, object]:
    by = str(settings.get("connect_by", "service_name"))
    if by == "connect_string":
        target: dict[str, object] = {"dsn": settings["connect_string"]}
        return target | ({"config_dir": settings["wallet_location"]} if "wallet_location" in settings else {})
    protocol = settings.get("protocol", "tcps")
    port = settings.get("port", 2484 if protocol == "tcps" else 1521)
    return {"host": settings["host"], "port": port, "protocol": protocol, by: settings[by]}


def _trusting(path: str) -> ssl.SSLContext:
    try:
        context = ssl.create_default_context(cafile=path)
    except OSError as error:  # also what a wrong certificate raises
        message = "The file of ssl_root_cert cannot be read, or is no certificate."
        raise SourceError(SourceProblem.CREDENTIALS, message) from error
    context.check_hostname = False  # the driver compares names itself, by server_dn_match
    return context

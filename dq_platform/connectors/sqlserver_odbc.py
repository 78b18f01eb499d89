"""From a SQL Server connection's settings to what its ODBC driver is told."""

from __future__ import annotations

import struct
from collections.abc import Collection, Mapping

from dq_platform.connectors.base import Beside, Setting, SettingKind
from dq_platform.connectors.references import is_reference
from dq_platform.errors import SourceError, SourceProblem, Violation
from dq_platform.models.connection import SettingValue

PASSWORD, ACCESS_TOKEN, SERVICE_PRINCIPAL = "password", "access_token", "service_principal"

ACCESS_TOKEN_ATTRIBUTE = 1256
"""SQL_COPT_SS_ACCESS_TOKEN of Microsoft's drivers."""

FREETDS = "FreeTDS"
_DRIVERS = ("ODBC Driver 18 for SQL Server", "ODBC Driver 17 for SQL Server", FREETDS)
_HOW_TO_GET = "msodbcsql18 from Microsoft's packages, or tdsodbc from Debian's"

_VERIFIED = ("verify-full", "strict")
_FREETDS_ENCRYPTION = {"disable": "off", "require": "require"}
_ENCRYPT = {"disable": "no", "require": "yes", "verify-full": "yes", "strict": "strict"}

SETTINGS = (
    Setting("host", "Host name or address.", required=True, route=True),
    Setting("port", "Port.", SettingKind.INTEGER, default=1433, minimum=1, maximum=65535, route=True),
    Setting("database", "Database.", required=True),
    Setting(
        "authentication",
        "How to log in: as a user of SQL Server with a password, or through Microsoft Entra with an access token or as "
        "a service principal.",
        default=PASSWORD,
        choices=(PASSWORD, ACCESS_TOKEN, SERVICE_PRINCIPAL),
        route=True,
    ),
    Setting(
        "user",
        "User; one with read access only is best.",
        required=True,
        beside=Beside("authentication", (PASSWORD,)),
    ),
    Setting("password", "Password.", secret=True, required=True, beside=Beside("authentication", (PASSWORD,))),
    Setting(
        "access_token",
        "Access token for https://database.windows.net/. It lasts about an hour: name a file that is kept fresh.",
        secret=True,
        required=True,
        beside=Beside("authentication", (ACCESS_TOKEN,)),
    ),
    Setting(
        "client_id",
        "Application (client) id of the service principal.",
        required=True,
        beside=Beside("authentication", (SERVICE_PRINCIPAL,)),
    ),
    Setting(
        "client_secret",
        "Client secret of the service principal.",
        secret=True,
        required=True,
        beside=Beside("authentication", (SERVICE_PRINCIPAL,)),
    ),
    Setting(
        "ssl_mode",
        "Whether the session is encrypted (require) and the server's certificate verified too (verify-full); strict "
        "asks for TDS 8, which begins with TLS.",
        default="verify-full",
        route=True,
        choices=("disable", "require", "verify-full", "strict"),
    ),
    Setting(
        "certificate_host",
        "Name that the server's certificate must be for, if it is not the host.",
        route=True,
        beside=Beside("ssl_mode", _VERIFIED),
    ),
    Setting(
        "application_intent",
        "ReadOnly lets an availability group send the session to a readable secondary.",
        default="ReadOnly",
        choices=("ReadOnly", "ReadWrite"),
    ),
    Setting("application_name", "Name that the server shows for our sessions.", default="dq-platform"),
    Setting(
        "odbc_driver",
        "Name of the installed ODBC driver, by default the first there is of " + ", ".join(_DRIVERS) + ".",
        route=True,
    ),
)


def check_together(settings: Mapping[str, SettingValue]) -> list[Violation]:
    """What is wrong with the settings taken together."""
    if is_reference(settings["authentication"]):
        return [_violation("authentication", "must be written out: the other settings depend on it")]
    if settings["authentication"] != PASSWORD and settings["ssl_mode"] == "disable":
        return [_violation("ssl_mode", f"must not be disable beside authentication {settings['authentication']}")]
    return []


def _violation(name: str, problem: str) -> Violation:
    return Violation(f"connection.settings.{name}", f"{name} {problem}.")


def chosen_driver(settings: Mapping[str, SettingValue], installed: Collection[str]) -> str:
    """The name of the driver to use.

    Raises SourceError (DRIVER_MISSING) if it is not installed, or is FreeTDS where it cannot do what is asked for:
    anything but passwords, and verifying certificates, for which it would need files of its own.
    """
    wanted = (str(settings["odbc_driver"]),) if "odbc_driver" in settings else _DRIVERS
    # A name only: what is no name of an installed driver could be the path of a library.
    name = next((one for one in wanted if one in installed), "")
    if not name:
        raise _missing(f"SQL Server needs an ODBC driver, and none of {', '.join(wanted)} is installed: {_HOW_TO_GET}.")
    if name == FREETDS and settings["authentication"] != PASSWORD:
        raise _missing("FreeTDS knows passwords only: install msodbcsql18 from Microsoft's packages.")
    if name == FREETDS and settings["ssl_mode"] not in _FREETDS_ENCRYPTION:
        raise _missing(
            "FreeTDS does not verify the server's certificate: install msodbcsql18 from Microsoft's packages, "
            "or set ssl_mode to require."
        )
    return name


def _missing(message: str) -> SourceError:
    return SourceError(SourceProblem.DRIVER_MISSING, message)


def connection_string(settings: Mapping[str, SettingValue], driver: str) -> str:
    """What the driver is told, every value quoted: none can add an option of its own.

    Raises SourceError (DRIVER_MISSING) if FreeTDS has no way to take a value.
    """
    own = _for_freetds(settings) if driver == FREETDS else _for_microsofts(settings)
    options = {
        "DRIVER": driver,
        **own,
        "DATABASE": settings["database"],
        "ApplicationIntent": settings["application_intent"],
        "APP": settings["application_name"],
    }
    quote = _quoted_for_freetds if driver == FREETDS else _quoted
    return "".join(f"{name}={quote(name, str(value))};" for name, value in options.items())


def _quoted(_: str, value: str) -> str:
    return "{" + value.replace("}", "}}") + "}"


def _quoted_for_freetds(name: str, value: str) -> str:
    """In braces, which a brace and a semicolon end: it knows no doubled braces, but takes single ones as they are."""
    if "}" not in value:
        return "{" + value + "}"
    if ";" in value or value.startswith("{") or value != value.strip():
        raise _missing(
            f"FreeTDS has no way to take the connection's {name}, with a closing brace beside a semicolon, a brace at "
            "the start or a blank at an end: install msodbcsql18 from Microsoft's packages."
        )
    return value


def _for_freetds(settings: Mapping[str, SettingValue]) -> dict[str, SettingValue]:
    return {
        "SERVER": settings["host"],
        "PORT": settings["port"],
        "TDS_Version": "7.4",
        "ClientCharset": "UTF-8",
        "Encryption": _FREETDS_ENCRYPTION[str(settings["ssl_mode"])],
        "UID": settings["user"],
        "PWD": settings["password"],
    }


def _for_microsofts(settings: Mapping[str, SettingValue]) -> dict[str, SettingValue]:
    mode = str(settings["ssl_mode"])
    options: dict[str, SettingValue] = {
        "SERVER": f"tcp:{settings['host']},{settings['port']}",
        "Encrypt": _ENCRYPT.get(mode, "yes"),  # a mode that a reference leads to may be none
        "TrustServerCertificate": "yes" if mode == "require" else "no",
        **_login(settings),
    }
    if "certificate_host" in settings:
        options["HostNameInCertificate"] = settings["certificate_host"]
    return options


def _login(settings: Mapping[str, SettingValue]) -> dict[str, SettingValue]:
    if settings["authentication"] == ACCESS_TOKEN:
        return {}  # goes in an attribute of the connection
    if settings["authentication"] == SERVICE_PRINCIPAL:
        own = {"Authentication": "ActiveDirectoryServicePrincipal"}
        return {**own, "UID": settings["client_id"], "PWD": settings["client_secret"]}
    return {"UID": settings["user"], "PWD": settings["password"]}


def token_attribute(token: str) -> bytes:
    """The access token as the driver takes it: its length in bytes, and its UTF-16."""
    encoded = token.encode("utf-16-le")
    return struct.pack("<I", len(encoded)) + encoded

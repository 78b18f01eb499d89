"""How a connection to Snowflake is described: the settings' schema, what it refuses, and what the driver is given."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator, Mapping

from dq_platform.connectors.base import Beside, Setting, SettingKind
from dq_platform.connectors.driver_errors import source_error
from dq_platform.connectors.references import is_reference
from dq_platform.errors import SourceProblem, Violation
from dq_platform.models.connection import SettingValue

SCHEMA: tuple[Setting, ...] = (
    Setting(
        "account",
        "Account: organisation-account, or a locator, with its region unless that is set: xy12345.eu-central-1.",
        required=True,
        route=True,
    ),
    Setting("region", "Region of an account that is given as a locator alone.", route=True),
    Setting("host", "Host name of a private link or proxy; the account's own if absent.", route=True),
    Setting("port", "Port.", SettingKind.INTEGER, default=443, minimum=1, maximum=65535, route=True),
    Setting(
        "protocol",
        "https verifies the server's certificate; http is for an emulator at a host of your own.",
        default="https",
        choices=("https", "http"),
        route=True,
    ),
    Setting(
        "authentication",
        "What proves who connects.",
        default="password",
        choices=("password", "key_pair", "oauth", "access_token"),
    ),
    Setting("user", "User; one whose role has read access only is best. A token may stand for its user."),
    Setting("password", "Password.", required=True, secret=True, beside=Beside("authentication", ("password",))),
    Setting(
        "private_key",
        "Private key, RSA or elliptic, as PEM text (PKCS#8, -----BEGIN PRIVATE KEY-----).",
        required=True,
        secret=True,
        beside=Beside("authentication", ("key_pair",)),
    ),
    Setting(
        "private_key_passphrase",
        "Passphrase of an encrypted private key.",
        secret=True,
        beside=Beside("authentication", ("key_pair",)),
    ),
    Setting(
        "token",
        "OAuth access token, or programmatic access token.",
        required=True,
        secret=True,
        beside=Beside("authentication", ("oauth", "access_token")),
    ),
    Setting("warehouse", "Warehouse that runs the statements; the user's default if absent."),
    Setting("role", "Role; the user's default if absent."),
    Setting("database", "Database whose schemas are looked at.", required=True),
)

_AUTHENTICATORS = {
    "password": "snowflake",
    "key_pair": "SNOWFLAKE_JWT",
    "oauth": "oauth",
    "access_token": "PROGRAMMATIC_ACCESS_TOKEN",
}

_HOST_NAME = re.compile(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*")
_PEM = re.compile(r"\s*-----BEGIN (?P<kind>[A-Z ]*PRIVATE KEY)-----(?P<body>.+)-----END (?P=kind)-----\s*", re.DOTALL)
_AS_GIVEN = ("user", "password", "token", "warehouse", "role", "database", "port", "protocol")


def contradictions(settings: Mapping[str, SettingValue]) -> Iterator[Violation]:
    """What is wrong with valid settings taken together. What references stand for is not looked at."""
    for name in ("account", "region", "host"):
        value = settings.get(name, "any")
        if not is_reference(value) and not _HOST_NAME.fullmatch(str(value)):
            yield _wrong(name, "must be a name of letters, digits, hyphens, underscores and dots, without https://.")
    if "region" in settings and "." in str(settings["account"]):
        yield _wrong("region", "must be absent where account names a region already.")
    if settings["protocol"] == "http" and "host" not in settings:
        yield _wrong("protocol", "must be https unless host names a server of your own.")
    if settings["authentication"] in ("password", "key_pair") and "user" not in settings:
        yield Violation("connection.settings.user", "user is required beside a password or key.", "MISSING_SETTING")
    key = settings.get("private_key", "")
    if key and not is_reference(key) and _der(str(key)) is None:
        yield _wrong("private_key", "must be the text of a PEM file: -----BEGIN PRIVATE KEY----- and so on.")


def driver_parameters(settings: Mapping[str, SettingValue]) -> dict[str, object]:
    """Whom to connect to, and as whom. Raises SourceError (CREDENTIALS) if the private key is no PEM text."""
    given: dict[str, object] = {name: settings[name] for name in _AS_GIVEN if name in settings}
    region = f".{settings['region']}" if "region" in settings else ""
    given["account"] = f"{settings['account']}{region}"
    given["host"] = settings.get("host", f"{given['account']}.snowflakecomputing.com")
    given["authenticator"] = _AUTHENTICATORS[str(settings["authentication"])]
    if "private_key" in settings:
        given["private_key"] = _der(str(settings["private_key"]))
        if given["private_key"] is None:
            raise source_error(SourceProblem.CREDENTIALS, "Snowflake")
    if "private_key_passphrase" in settings:
        given["private_key_passphrase"] = str(settings["private_key_passphrase"]).encode()
    return given


def _der(pem: str) -> bytes | None:
    """The key without its armour, encrypted or not; None if the text is no PEM, or an encrypted one of the old kind."""
    found = _PEM.fullmatch(pem)
    try:
        return base64.b64decode("".join(found["body"].split()), validate=True) if found else None
    except binascii.Error:
        return None


def _wrong(name: str, problem: str) -> Violation:
    return Violation(f"connection.settings.{name}", f"{name} {problem}")

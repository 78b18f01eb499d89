"""Snowflake for tests: the real driver talks to a stand-in, in which DuckDB answers."""

from __future__ import annotations

import importlib
import json
import os
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import httpx
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from dq_platform.connectors.settings import validate_settings
from dq_platform.connectors.snowflake import SnowflakeConnector
from dq_platform.connectors.snowflake_settings import driver_parameters
from dq_platform.models.connection import SettingValue
from local.ports import LOOPBACK
from tests.engines.warehouse import RealWarehouse, StandIn, Warehouse

DATABASE = "CONTRACT_DB"
USER, PASSWORD = "CHECKER", 'its "password"; p@ss%w{r}d'
ADMIN, ADMIN_PASSWORD = "ADMIN", "only for tests"
TOKENS = {"OAUTH": "an-oauth-token", "PROGRAMMATIC_ACCESS_TOKEN": "an-access-token"}


def snowflake() -> Warehouse:
    """The account that DQ_TEST_SNOWFLAKE_URL names, else the stand-in."""
    url = os.environ.get("DQ_TEST_SNOWFLAKE_URL")
    return SnowflakeAccount(url) if url else SnowflakeStandIn()


def new_key(passphrase: str = "", key: ec.EllipticCurvePrivateKey | None = None) -> str:
    """A private key as PEM text, encrypted if there is a passphrase."""
    how = serialization.BestAvailableEncryption(passphrase.encode()) if passphrase else serialization.NoEncryption()
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8)
    return (key or ec.generate_private_key(ec.SECP256R1())).private_bytes(*form, how).decode()


def _write(settings: Mapping[str, SettingValue], statements: Sequence[str]) -> None:
    driver = importlib.import_module("snowflake.connector")  # costs seconds
    link = driver.connect(
        **driver_parameters(validate_settings(SnowflakeConnector, settings)),
        session_parameters={"CLIENT_OUT_OF_BAND_TELEMETRY_ENABLED": False},
        platform_detection_timeout_seconds=0.0,
        login_timeout=10,
        network_timeout=60,
    )
    with closing(link), link.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


class SnowflakeAccount(RealWarehouse):
    """A real account: snowflake://USER:PASSWORD@ACCOUNT/DATABASE?warehouse=W&role=R, and other settings by name."""

    quote = '"'

    def __init__(self, url: str) -> None:
        super().__init__()
        self._parts = urlsplit(url)

    @property
    def settings(self) -> Mapping[str, SettingValue]:
        parts = self._parts
        return {
            "account": parts.hostname or "",
            "user": unquote(parts.username or ""),
            "password": unquote(parts.password or ""),
            "database": unquote(parts.path.strip("/")),
        } | dict(parse_qsl(parts.query))

    def write(self, statements: Sequence[str]) -> None:
        _write(self.settings, statements)


class SnowflakeStandIn(StandIn):
    """It knows one user by password, key and tokens, and an administrator."""

    quote = '"'
    script, pins = "snowflake_server", "fakesnow"

    def __init__(self) -> None:
        super().__init__()
        self._key = ec.generate_private_key(ec.SECP256R1())

    def arguments(self, directory: Path) -> tuple[str, ...]:
        form = (serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        public_key = self._key.public_key().public_bytes(*form).decode()
        users = {
            USER: {"password": PASSWORD, "public_key": public_key, "tokens": TOKENS},
            ADMIN: {"password": ADMIN_PASSWORD, "tokens": {}},
        }
        config = directory / "config.json"
        config.write_text(json.dumps({"databases": [DATABASE], "users": users}), encoding="utf-8")
        return (str(config),)

    @property
    def settings(self) -> Mapping[str, SettingValue]:
        """Those of a connection as the user with a password."""
        return {
            "account": "stand-in",
            "host": LOOPBACK,
            "port": self.port,
            "protocol": "http",
            "user": USER,
            "password": PASSWORD,
            "database": DATABASE,
        }

    def private_key(self, passphrase: str = "") -> str:
        """The user's key as PEM text, encrypted if there is a passphrase."""
        return new_key(passphrase, self._key)

    def write(self, statements: Sequence[str]) -> None:
        """Execute the statements as the administrator."""
        _write({**self.settings, "user": ADMIN, "password": ADMIN_PASSWORD}, statements)

    def running(self, text: str) -> int:
        """How many statements run whose text or tag contains the text."""
        return sum(text in statement for statement in self.look("running"))

    def logins(self) -> list[Mapping[str, Any]]:
        """The sessions that there are: `user` and `parameters`."""
        return self.look("logins")

    def end_sessions(self) -> None:
        """End the user's sessions, as an administrator can."""
        httpx.delete(f"{self.url}/stand-in/sessions/{USER}").raise_for_status()

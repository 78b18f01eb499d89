"""Real servers that the environment names, for tests that otherwise run on stand-ins."""

from __future__ import annotations

import os
from urllib.parse import parse_qsl, unquote, urlsplit

from dq_platform.models.connection import SettingValue


def account(variable: str) -> dict[str, SettingValue]:
    """A connection's settings from a URL such as `x://user:password@host:5439/database?ssl_mode=require`.

    Further settings stand behind the question mark; user and password may be left out. Empty if the variable is.
    """
    url = urlsplit(os.environ.get(variable, ""))
    if not url.hostname:
        return {}
    found: dict[str, SettingValue] = {"host": url.hostname, "database": unquote(url.path.lstrip("/"))}
    if url.port:
        found["port"] = url.port
    if url.username:
        found["user"] = unquote(url.username)
    if url.password:
        found["password"] = unquote(url.password)
    return found | dict(parse_qsl(url.query))

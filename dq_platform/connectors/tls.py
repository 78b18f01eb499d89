"""What the TLS settings of several engines have in common."""

from __future__ import annotations

from collections.abc import Mapping

from dq_platform.errors import Violation
from dq_platform.models.connection import SettingValue


def check_tls_files(settings: Mapping[str, SettingValue], *, verifies: bool) -> list[Violation]:
    """What contradicts itself in `ssl_root_cert`, `ssl_cert` and `ssl_key`; `verifies` asks for the first."""
    found = []
    if verifies and "ssl_root_cert" not in settings:
        found.append(_missing("ssl_root_cert", "is needed to verify the server's certificate"))
    if "ssl_cert" in settings and "ssl_key" not in settings:
        found.append(_missing("ssl_key", "is needed beside ssl_cert"))
    if "ssl_key" in settings and "ssl_cert" not in settings:
        found.append(_missing("ssl_cert", "is needed beside ssl_key"))
    return found


def _missing(name: str, why: str) -> Violation:
    return Violation(f"connection.settings.{name}", f"{name} {why}.", "MISSING_SETTING")

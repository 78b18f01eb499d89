"""Secrets among the settings of connections and channels: they come in, and never go out."""

from __future__ import annotations

from collections.abc import Mapping

from dq_platform.connectors.base import BaseConnector
from dq_platform.connectors.settings import Configured
from dq_platform.errors import Invalid, Violation
from dq_platform.models.connection import SettingValue

Settings = Mapping[str, SettingValue]


def secrets_of(kind: type[BaseConnector] | Configured, settings: Settings) -> dict[str, SettingValue]:
    """The secrets that have a value."""
    names = {setting.name for setting in kind.settings_schema if setting.secret}
    return {name: value for name, value in settings.items() if name in names}


def without_secrets(kind: type[BaseConnector] | Configured, settings: Settings) -> tuple[Settings, list[str]]:
    """The other settings, and the names of the secrets that have a value."""
    secret = secrets_of(kind, settings)
    return {name: value for name, value in settings.items() if name not in secret}, sorted(secret)


def require_secrets_again(
    kind: type[BaseConnector] | Configured, before: Settings, after: Settings, mentioned: Mapping[str, object], of: str
) -> None:
    """Raises Invalid if settings change that decide where a secret is sent that the client does not mention.

    Else whoever may change where to could have it sent to themselves. `of` is what the settings are of, as the contract
    names it.
    """
    moved = [one.name for one in kind.settings_schema if one.route and before.get(one.name) != after.get(one.name)]
    kept = sorted(secrets_of(kind, before).keys() - mentioned.keys())
    if moved and kept:
        text = f"must be given again, because {', '.join(moved)} changes where it is sent."
        raise Invalid([Violation(f"{of}.settings.{name}", text, "SECRET_REQUIRED_AGAIN") for name in kept])

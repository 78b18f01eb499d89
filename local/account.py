"""The user that a server runs as: PostgreSQL refuses to run as root, so root lends it another account."""

from __future__ import annotations

import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from local.errors import LocalError

CANDIDATES = ("postgres", "nobody")


class PopenArguments(TypedDict, total=False):
    user: int
    group: int
    extra_groups: list[int]


@dataclass(frozen=True, slots=True)
class Account:
    """A user of this machine, without its supplementary groups."""

    name: str
    uid: int
    gid: int

    def popen_arguments(self) -> PopenArguments:
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def can_reach(self, path: Path) -> bool:
        """Whether this account may enter the directory or execute the file, judged by the system itself.

        Raises LocalError if we may not act as this account.
        """
        try:
            test = subprocess.run(
                ("/bin/sh", "-c", 'test -x "$1"', "test", str(path)), cwd="/", check=False, **self.popen_arguments()
            )
        except PermissionError as error:
            message = f"PostgreSQL does not run as root, and this process may not become user {self.name!r}."
            raise LocalError(message) from error
        return test.returncode == 0


def unprivileged_account() -> Account | None:
    """Return the account that servers run as when we are root (`postgres`, else `nobody`), or None when we are not."""
    if os.geteuid() != 0:
        return None
    for name in CANDIDATES:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(name, entry.pw_uid, entry.pw_gid)
    raise LocalError("PostgreSQL does not run as root, and there is neither a user 'postgres' nor a user 'nobody'.")

"""The lock of a state directory: one stack at a time, known to others by its process id and addresses."""

from __future__ import annotations

import fcntl
import json
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from local.errors import AlreadyRunning

FILE_NAME = "lock"
# After its owner was killed, the lock is free when the last of its processes has ended.
FORMER_OWNER_SECONDS = 30.0
POLL = 0.1


@dataclass(frozen=True, slots=True)
class Owner:
    """Who holds the lock: process id (0: not written yet) and the addresses it serves (none while it starts)."""

    pid: int
    urls: tuple[str, ...]

    def is_alive(self) -> bool:
        if self.pid == 0:
            return False
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return False
        except PermissionError:
            return True
        return True


class StateLock:
    """Held from `acquire` to `release`, or until every process that inherited `descriptor` has ended."""

    def __init__(self, directory: Path, descriptor: int) -> None:
        self._directory = directory
        self.descriptor = descriptor

    @classmethod
    def acquire(cls, directory: Path) -> StateLock:
        """Take the lock of the state directory.

        Raises AlreadyRunning if a living process holds it. If its owner was killed, waits up to 30 seconds for what
        that owner had started to end.
        """
        descriptor = os.open(directory / FILE_NAME, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            _wait_for(descriptor, directory)
        except BaseException:
            os.close(descriptor)
            raise
        lock = cls(directory, descriptor)
        lock.publish(())
        return lock

    def publish(self, urls: Sequence[str]) -> None:
        """Write who holds the lock and where it serves."""
        text = json.dumps({"pid": os.getpid(), "urls": list(urls)}).encode()
        os.ftruncate(self.descriptor, 0)
        os.pwrite(self.descriptor, text, 0)

    def release(self) -> None:
        os.ftruncate(self.descriptor, 0)
        os.close(self.descriptor)


def owner_of(directory: Path) -> Owner | None:
    """Return who runs a stack on the state directory, or None if nobody does."""
    path = directory / FILE_NAME
    if not path.exists():
        return None
    with path.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return _read_owner(path)
    return None


def _wait_for(descriptor: int, directory: Path) -> None:
    deadline = time.monotonic() + FORMER_OWNER_SECONDS
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            owner = _read_owner(directory / FILE_NAME)
            if owner.is_alive() or time.monotonic() > deadline:
                raise AlreadyRunning(str(directory), owner.pid, owner.urls) from None
            time.sleep(POLL)
        else:
            return


def _read_owner(path: Path) -> Owner:
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        return Owner(0, ())
    return Owner(stored["pid"], tuple(stored["urls"]))

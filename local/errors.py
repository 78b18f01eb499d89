"""What can go wrong while the local stack starts or runs, each with a message for the person at the terminal."""

from __future__ import annotations

import signal
from collections.abc import Sequence


class LocalError(Exception):
    """Base of all errors of the local stack; its text says what is wrong and what to do."""


class MissingProgram(LocalError):
    """A program that the stack starts is not installed."""

    def __init__(self, program: str, remedy: str) -> None:
        super().__init__(f"{program} was not found. {remedy}")


class WrongMajor(LocalError):
    """The data directory was written by another major version of PostgreSQL."""

    def __init__(self, data: str, found: str, expected: str) -> None:
        super().__init__(
            f"The data in {data} was written by PostgreSQL {found}; the installed server is PostgreSQL {expected} and "
            f"cannot read it. Dump it with PostgreSQL {found}, or move the directory away to start with an empty one."
        )


class UnsafePlace(LocalError):
    """A directory in a place shared with other users is not ours alone."""


class NoFreePort(LocalError):
    """No port could be found for a process."""


class CommandFailed(LocalError):
    """A command that had to succeed before the stack can go on ended with an error."""

    def __init__(self, name: str, exit_code: int, output: Sequence[str]) -> None:
        super().__init__(f"{name} failed ({describe_exit(exit_code)}).{quote_lines(output)}")


class ChildDied(LocalError):
    """A process of the stack ended by itself; holds its name, exit code and the last lines of its log."""

    def __init__(self, name: str, exit_code: int, log: str, last_lines: Sequence[str]) -> None:
        super().__init__(
            f"{name} stopped by itself ({describe_exit(exit_code)}). Its log is {log}.{quote_lines(last_lines)}"
        )
        self.name = name
        self.exit_code = exit_code
        self.last_lines = tuple(last_lines)


class NotReady(LocalError):
    """A process of the stack runs but did not become ready in time."""

    def __init__(self, name: str, seconds: float, log: str, last_lines: Sequence[str]) -> None:
        super().__init__(f"{name} was not ready after {seconds:g} seconds. Its log is {log}.{quote_lines(last_lines)}")
        self.name = name


class AlreadyRunning(LocalError):
    """Another process holds the state directory; holds its process id (0 if unknown) and its addresses."""

    def __init__(self, directory: str, pid: int, urls: Sequence[str]) -> None:
        where = "".join(f"\n  {url}" for url in urls)
        super().__init__(f"The stack of {directory} is already running (process {pid}).{where}")
        self.pid = pid
        self.urls = tuple(urls)


def describe_exit(exit_code: int) -> str:
    """Return `exit code 3`, or `killed by SIGKILL` for the negative codes of subprocess."""
    if exit_code >= 0:
        return f"exit code {exit_code}"
    return f"killed by {signal.Signals(-exit_code).name}"


def quote_lines(lines: Sequence[str]) -> str:
    if not lines:
        return " It wrote nothing."
    return " It last wrote:" + "".join(f"\n  | {line}" for line in lines)

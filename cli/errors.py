"""What can go wrong on the command line, with the exit code that says so."""

from __future__ import annotations

from enum import IntEnum


class Exit(IntEnum):
    """PASSED: all fine. FAILED: a check failed. USAGE: the call was wrong. SYSTEM: something did not work."""

    PASSED = 0
    FAILED = 1
    USAGE = 2
    SYSTEM = 3


class CliError(Exception):
    """An error for people: printed without a traceback, then the process ends with `code`."""

    def __init__(self, message: str, code: Exit = Exit.SYSTEM) -> None:
        super().__init__(message)
        self.message = message
        self.code = code


class UsageError(CliError):
    """The call was wrong; the message says what would be right."""

    def __init__(self, message: str) -> None:
        super().__init__(message, Exit.USAGE)

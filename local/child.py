"""A child process with a log file that never outlives the process that started it."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Self

from local.account import Account

GRACE = timedelta(seconds=10)
TAIL_LINES = 20

# Each child has a guard: a shell that waits at the end of a pipe whose other end only its starter holds. A line in the
# pipe means that the child has ended in order. The end of the pipe without one means that the starter was killed, and
# the guard stops the child in its place. This needs no code inside the child and works on every POSIX system.
GUARD = """
if read -r _; then exit 0; fi
kill -s "$2" -- "-$1" 2>/dev/null
seconds=$3
while [ "$seconds" -gt 0 ] && kill -s 0 -- "-$1" 2>/dev/null; do sleep 1; seconds=$((seconds - 1)); done
kill -s KILL -- "-$1" 2>/dev/null
"""


@dataclass(frozen=True, slots=True)
class Command:
    """What to run and how to end it.

    `env` is the whole environment. `account` is the user to run as (default: the caller's). `stop_signal` asks the
    process to end; after `grace` it is killed. The log is written anew on each start.
    """

    name: str
    argv: tuple[str, ...]
    log: Path
    env: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    cwd: Path = field(default_factory=Path.cwd)
    account: Account | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    grace: timedelta = GRACE


class Child:
    """A running process in a process group of its own. Its owner calls `stop`; `spawn` starts one."""

    def __init__(self, command: Command, process: subprocess.Popen[bytes], guard: subprocess.Popen[bytes]) -> None:
        self.command = command
        self._process = process
        self._guard = guard

    @classmethod
    def spawn(cls, command: Command, held: tuple[int, ...] = ()) -> Self:
        """Start the command. The file descriptors `held` stay open until it has ended, even if we are killed."""
        command.log.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with command.log.open("wb") as log:
            process = subprocess.Popen(
                command.argv,
                env=dict(command.env),
                cwd=command.cwd,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                **(command.account.popen_arguments() if command.account else {}),
            )
        grace = str(max(1, round(command.grace.total_seconds())))
        guard = subprocess.Popen(
            ("/bin/sh", "-c", GUARD, "guard", str(process.pid), command.stop_signal.name.removeprefix("SIG"), grace),
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            pass_fds=held,
        )
        return cls(command, process, guard)

    @property
    def pid(self) -> int:
        return self._process.pid

    def exit_code(self) -> int | None:
        """Return None while it runs, else its exit code (negative: the signal that ended it)."""
        return self._process.poll()

    def ask_to_stop(self) -> None:
        """Send the stop signal to the whole process group; does not wait."""
        self._signal(self.command.stop_signal)

    def join(self) -> int:
        """Wait for the end, kill the group after the grace time, and return the exit code."""
        try:
            self._process.wait(self.command.grace.total_seconds())
        except subprocess.TimeoutExpired:
            self._signal(signal.SIGKILL)
            self._process.wait()
        self._kill_the_rest_of_the_group()
        self._dismiss_guard()
        return self._process.returncode

    def stop(self) -> int:
        self.ask_to_stop()
        return self.join()

    def tail(self) -> list[str]:
        """Return the last lines of the log."""
        with self.command.log.open(encoding="utf-8", errors="replace") as log:
            return [line.rstrip("\n") for line in deque(log, TAIL_LINES)]

    def _signal(self, number: signal.Signals) -> None:
        if self._process.poll() is None:
            os.killpg(self._process.pid, number)

    def _kill_the_rest_of_the_group(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)

    def _dismiss_guard(self) -> None:
        if self._guard.poll() is None:
            self._guard.communicate(b"done\n")

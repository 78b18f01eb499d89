"""Runs the processes of a stack: waits for their health, notices a death, stops all of them in reverse order."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from types import TracebackType
from typing import Self

from rich.console import Console

from local.child import Child, Command
from local.errors import ChildDied, NotReady

POLL = 0.05


@dataclass(frozen=True, slots=True)
class Service:
    """A command, a probe that tells whether it serves, and where (an address for people)."""

    command: Command
    ready: Callable[[], bool]
    where: str = ""
    deadline: timedelta = timedelta(seconds=60)


class Supervisor:
    """Owns child processes. Leaving its `with` block stops all of them; nothing is ever restarted.

    `held` are file descriptors (locks) that stay open until every child has ended, even if we are killed.
    """

    def __init__(self, console: Console, held: tuple[int, ...] = ()) -> None:
        self._console = console
        self._held = held
        self._groups: list[list[Child]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def children(self) -> list[Child]:
        """All children, in the order of their start."""
        return [child for group in self._groups for child in group]

    def start(self, services: Sequence[Service]) -> None:
        """Start the services side by side and return when all are ready.

        Raises ChildDied if any child ends meanwhile and NotReady if one takes longer than its deadline.
        """
        group: list[Child] = []
        self._groups.append(group)
        for service in services:
            group.append(Child.spawn(service.command, self._held))  # noqa: PERF401 (a failed start must not lose the started)
        self._wait_until_ready(services)

    def check(self) -> None:
        """Raise ChildDied if a child has ended."""
        for child in self.children:
            exit_code = child.exit_code()
            if exit_code is not None:
                raise ChildDied(child.command.name, exit_code, str(child.command.log), child.tail())

    def watch(self) -> None:
        """Block for as long as all children live; raises ChildDied when one ends."""
        while True:
            self.check()
            time.sleep(POLL)

    def stop(self) -> None:
        """Stop all children, the last started group first; returns when none is left."""
        while self._groups:
            group = self._groups[-1]
            for child in reversed(group):
                child.ask_to_stop()
            for child in reversed(group):
                child.join()
            self._groups.pop()

    def _wait_until_ready(self, services: Sequence[Service]) -> None:
        started = time.monotonic()
        waiting = list(services)
        with self._console.status("") as status:
            while waiting:
                status.update(f"Starting {', '.join(service.command.name for service in waiting)} …")
                self.check()
                for service in list(waiting):
                    if service.ready():
                        waiting.remove(service)
                        self._tell_ready(service, time.monotonic() - started)
                self._refuse_the_late(waiting, time.monotonic() - started)
                time.sleep(POLL)

    def _tell_ready(self, service: Service, seconds: float) -> None:
        self._console.print(f"[green]✓[/] {service.command.name:<12} {service.where} [dim]{seconds:.1f} s[/]")

    def _refuse_the_late(self, waiting: Sequence[Service], seconds: float) -> None:
        for service in waiting:
            limit = service.deadline.total_seconds()
            if seconds > limit:
                child = next(child for child in self.children if child.command is service.command)
                raise NotReady(service.command.name, limit, str(service.command.log), child.tail())

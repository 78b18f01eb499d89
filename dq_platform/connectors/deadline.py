"""A statement timeout for engines whose servers have none, or may not keep theirs: a thread cancels the statement."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta

from dq_platform.connectors.session import DriverSession

_AGAIN = timedelta(seconds=0.5)


class Deadline(DriverSession):
    """Sessions whose statements run under `_deadline`; `_expired` tells whether it ended the last one."""

    _expired = False

    def _statement_limit(self) -> timedelta:
        return self.guards.statement_timeout

    @contextmanager
    def _deadline(self) -> Iterator[None]:
        self._expired = False
        over = threading.Event()
        seconds = self._statement_limit().total_seconds()
        threading.Thread(target=self._watch, args=(over, seconds), name="deadline", daemon=True).start()
        try:
            yield
        finally:
            over.set()

    def _watch(self, over: threading.Event, seconds: float) -> None:
        """Ask until the statement has ended: the server may not know it yet, or not hear us."""
        while not over.wait(seconds):
            self._expire(over)
            seconds = _AGAIN.total_seconds()

    def _expire(self, over: threading.Event) -> None:
        with self._lock:
            if self._busy and not over.is_set():  # or it would hit the next statement
                self._expired = True
                with suppress(*self._driver_errors()):  # whoever waits for the statement learns what is wrong
                    self._send_cancel()

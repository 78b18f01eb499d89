"""A statement timeout for engines whose servers have none, or may not keep theirs: a timer cancels the statement."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta

from dq_platform.connectors.session import DriverSession


class Deadline(DriverSession):
    """Sessions whose statements run under `_deadline`; `_expired` tells whether the timer ended the last one."""

    _expired = False

    def _statement_limit(self) -> timedelta:
        return self.guards.statement_timeout

    @contextmanager
    def _deadline(self) -> Iterator[None]:
        self._expired = False
        timer = threading.Timer(self._statement_limit().total_seconds(), self._expire)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def _expire(self) -> None:
        with self._lock:
            if self._busy:
                self._expired = True
                with suppress(*self._driver_errors()):  # whoever waits for the statement learns what is wrong
                    self._send_cancel()

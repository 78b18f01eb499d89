"""What sessions of all engines do alike: one statement at a time, which may be cancelled, within the row limit."""

from __future__ import annotations

import re
import threading
from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from dq_platform.connectors.base import BaseConnector, Guards, Rows
from dq_platform.connectors.driver_errors import source_error
from dq_platform.errors import SourceError, SourceProblem
from dq_platform.models.connection import SettingValue

DriverErrors = tuple[type[Exception], ...]

_NOT_IN_TAG = re.compile(r"[^A-Za-z0-9_.:=\-, ]")


def tagged(sql: str, tag: str) -> str:
    """The statement behind a comment that names its origin; characters that could end the comment are dropped."""
    return f"/* {named(tag)} */ {sql}" if tag else sql


def named(tag: str) -> str:
    """The tag as engines show it, without characters that could end a comment or a text."""
    return f"dq {_NOT_IN_TAG.sub('', tag)}"


class DriverSession(BaseConnector):
    """A session through a driver: subclasses open it, send to it and name its errors."""

    def __init__(self, settings: Mapping[str, SettingValue], guards: Guards) -> None:
        super().__init__(settings, guards)
        self._lock = threading.Lock()
        self._busy = False
        self._cancelled = False

    @abstractmethod
    def _driver_errors(self) -> DriverErrors:
        """Every exception class of the driver, once it is loaded."""

    @abstractmethod
    def _translate(self, error: Exception) -> SourceError:
        """What the driver's exception means."""

    @abstractmethod
    def _send_cancel(self) -> None:
        """Ask the server to stop the running statement."""

    @contextmanager
    def _statement(self) -> Iterator[None]:
        """While open, `cancel` reaches the server; the driver's errors leave as SourceError."""
        with self._lock:
            self._busy, self._cancelled = True, False
        try:
            yield
        except SourceError:
            raise
        except self._driver_errors() as error:
            raise self._meaning(error) from error
        except (ValueError, OverflowError) as error:  # a driver's way to say that Python cannot hold the value
            detail = "a value of the result is outside what Python can hold, such as a date before the year 1."
            raise source_error(SourceProblem.BAD_SQL, self.display_name, detail=detail) from error
        finally:
            with self._lock:
                self._busy = False

    def _meaning(self, error: Exception) -> SourceError:
        meaning = self._translate(error)
        if self._cancelled and meaning.problem is not SourceProblem.UNREACHABLE:
            return source_error(SourceProblem.CANCELLED, self.display_name, code=meaning.code)
        return meaning

    def cancel(self) -> None:
        """Stop the running statement on the server; nothing happens when none runs."""
        with self._lock:
            if not self._busy:
                return
            self._cancelled = True
            try:
                self._send_cancel()
            except self._driver_errors() as error:
                raise self._translate(error) from error

    def _within_limit(self, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> Rows:
        limit = self.guards.max_rows
        if len(rows) > limit:
            message = f"The statement returns more than the {limit} rows that a result may have."
            raise SourceError(SourceProblem.TOO_MANY_ROWS, message)
        return Rows(columns=tuple(columns), rows=rows)

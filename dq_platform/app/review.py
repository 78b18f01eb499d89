"""Everything that is wrong with a request, collected before anything is refused."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from dq_platform.errors import Invalid, Violation
from dq_platform.scheduling.zones import zone_violation

MAX_NAME = 200
MAX_DESCRIPTION = 4000
MAX_NOTE = 2000
MAX_LABELS = 64
MAX_LABEL_KEY = 63
MAX_LABEL_VALUE = 255
MAX_IDENTIFIER = 1000
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")


class Review:
    """Collects violations; `done` raises Invalid with all of them. `path` is what field paths start with."""

    def __init__(self, path: str = "") -> None:
        self._prefix = f"{path}." if path else ""
        self._violations: list[Violation] = []

    def wrong(self, field: str, description: str, reason: str = "INVALID_VALUE") -> None:
        self._violations.append(Violation(f"{self._prefix}{field}", description, reason))

    def add(self, violations: Iterable[Violation]) -> None:
        """Violations found elsewhere, with their paths as they are."""
        self._violations.extend(violations)

    @property
    def violations(self) -> Sequence[Violation]:
        return tuple(self._violations)

    def done(self) -> None:
        """Raises Invalid if anything is wrong."""
        if self._violations:
            raise Invalid(self._violations)

    def text(self, field: str, value: str, *, most: int, required: bool = False) -> None:
        if required and not value.strip():
            self.wrong(field, "must not be empty.", "REQUIRED")
        elif len(value) > most:
            self.wrong(field, f"has {len(value)} characters; at most {most} are allowed.", "TOO_LONG")
        problem = character_problem(value)
        if problem:
            self.wrong(field, problem, "INVALID_CHARACTER")

    def names(self, display_name: str, description: str, *, required: bool = True) -> None:
        """The two texts that every resource has."""
        self.text("display_name", display_name, most=MAX_NAME, required=required)
        self.text("description", description, most=MAX_DESCRIPTION)

    def labels(self, labels: Mapping[str, str], field: str = "labels") -> None:
        if len(labels) > MAX_LABELS:
            self.wrong(field, f"has {len(labels)} labels; at most {MAX_LABELS} are allowed.", "TOO_MANY")
        for key, value in labels.items():
            self.text(f"{field}.{key[:MAX_LABEL_KEY]}", key, most=MAX_LABEL_KEY, required=True)
            self.text(f"{field}.{key[:MAX_LABEL_KEY]}", value, most=MAX_LABEL_VALUE)

    def zone(self, name: str, field: str = "time_zone") -> None:
        violation = zone_violation(name, f"{self._prefix}{field}")
        if violation:
            self._violations.append(violation)

    def request_id(self, request_id: str, field: str = "request_id") -> None:
        if request_id and not _REQUEST_ID.fullmatch(request_id):
            self.wrong(field, "takes 1 to 64 letters, digits, dots, underscores and dashes.")

    def period(self, start: datetime | None, end: datetime | None, field: str) -> None:
        """Two aware times of which the first comes before the second."""
        if start is not None and end is not None and start >= end:
            self.wrong(field, f"must lie after the start, {start.isoformat()}.", "INVALID_PERIOD")


def character_problem(value: str) -> str:
    """What stands in the way of storing the text, empty if nothing does."""
    if "\x00" in value:
        return "must not contain the character U+0000."
    if any("\ud800" <= character <= "\udfff" for character in value):
        return "must be well-formed Unicode."
    return ""


def reviewed_note(note: str) -> str:
    """The note of an action. Raises Invalid if it is too long or cannot be stored."""
    review = Review()
    review.text("note", note, most=MAX_NOTE)
    review.done()
    return note

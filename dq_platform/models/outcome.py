"""How a check can end."""

from __future__ import annotations

from enum import IntEnum


class Severity(IntEnum):
    """How bad a failure is; a higher number is worse."""

    WARNING = 1
    ERROR = 2
    FATAL = 3


class Outcome(IntEnum):
    """A reading, graded. The numbers are stored; 0 to 3 are the severities that the worst failing threshold has.

    INCONCLUSIVE: there was nothing to judge (no rows, no history). EXECUTION_ERROR: the check could not be measured.
    Both are shown and stored, and stay outside every score.
    """

    PASSED = 0
    WARNING = 1
    ERROR = 2
    FATAL = 3
    INCONCLUSIVE = 4
    EXECUTION_ERROR = 5

    @property
    def severity(self) -> Severity | None:
        """The severity of a failure; None for everything that is not one."""
        return Severity(self.value) if self in (Outcome.WARNING, Outcome.ERROR, Outcome.FATAL) else None

    @property
    def is_verdict(self) -> bool:
        """Whether the data was judged, well or badly."""
        return self <= Outcome.FATAL

"""Rules that compare texts."""

from __future__ import annotations

from dq_platform.checks.rules.parameters import Text
from dq_platform.checks.rules.registry import rule
from dq_platform.checks.rules.verdict import Undecided, Verdict, interval
from dq_platform.models.values import ValueKind


@rule("between_texts", judges={ValueKind.TEXT})
def between_texts(actual: str, *, from_: Text | None = None, to: Text | None = None) -> Verdict:
    """Fails when the text comes before `from` or after `to`; give one of them or both.

    Texts are in the order of their Unicode code points: digits, capital letters, small letters, everything else.

    Formula: from <= value <= to
    """
    if from_ is None and to is None:
        raise Undecided("sets no limit; give 'from' or 'to'.")
    if from_ is not None and to is not None and from_ > to:
        raise Undecided(f"{from_!r} comes after {to!r}, so that nothing can pass.")
    passed = (from_ is None or actual >= from_) and (to is None or actual <= to)
    lower, upper = (None if end is None else repr(end) for end in (from_, to))
    return Verdict(passed, interval(lower, upper))

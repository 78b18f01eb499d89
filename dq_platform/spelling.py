"""Guesses at what a mistyped name was meant to be."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def nearest(name: str, names: Iterable[str], *, limit: int = 3) -> list[str]:
    """The known names most like `name`, best first; empty if none is like it."""
    by_lower = {known.lower(): known for known in names}
    close = difflib.get_close_matches(name[:200].lower(), by_lower, n=limit, cutoff=0.5)
    return [by_lower[match] for match in close]


def did_you_mean(name: str, names: Iterable[str], *, limit: int = 3) -> str:
    """A question to append to an error (`; did you mean 'a' or 'b'?`), empty if nothing is like the name."""
    matches = [repr(match) for match in nearest(name, names, limit=limit)]
    if not matches:
        return ""
    listed = ", ".join(matches[:-1]) + (" or " if matches[1:] else "") + matches[-1]
    return f"; did you mean {listed}?"


def suggestion(name: str, names: Iterable[str]) -> str:
    """The end of a sentence about an unknown name, from a short list: what was meant, or all there are."""
    known = sorted(names)
    return did_you_mean(name, known, limit=1) or f"; there are: {', '.join(known)}."

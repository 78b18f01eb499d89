"""A value and what would have passed, drawn on a line."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rich.text import Text

WIDTH = 32


@dataclass(frozen=True, slots=True)
class Mark:
    """A value, the interval that passes (None: open on that side), and the style of its outcome."""

    value: float
    lower: float | None
    upper: float | None
    style: str = ""


@dataclass(frozen=True, slots=True)
class Scale:
    """The numbers at both ends of the line."""

    lowest: float
    highest: float

    def place(self, number: float) -> int | None:
        """Where on the line the number is, None if it is beyond."""
        if not self.lowest <= number <= self.highest:
            return None
        reach = self.highest - self.lowest
        return round((number - self.lowest) / reach * (WIDTH - 1)) if reach else WIDTH // 2


def bars(marks: Sequence[Mark]) -> list[Text]:
    """A line for each mark, all on one scale: `···[────●──]····`."""
    scale = _scale(marks)
    return [_bar(mark, scale) for mark in marks]


def _scale(marks: Iterable[Mark]) -> Scale:
    """All values, and limits as far as the values do not become a dot beside them."""
    values = [mark.value for mark in marks]
    limits = [limit for mark in marks for limit in (mark.lower, mark.upper) if limit is not None]
    if not values:
        return Scale(0.0, 0.0)
    lowest, highest = min(values), max(values)
    room = highest - lowest or abs(highest) or 1.0
    near = [limit for limit in limits if lowest - room <= limit <= highest + room]
    return Scale(min([lowest, *near]), max([highest, *near]))


def _bar(mark: Mark, scale: Scale) -> Text:
    lower = None if mark.lower is None else scale.place(mark.lower)
    upper = None if mark.upper is None else scale.place(mark.upper)
    # A limit that is not on the line is beyond the end that it limits, or beyond the other one.
    first = lower if lower is not None else _beyond(mark.lower, scale, open_end=0)
    last = upper if upper is not None else _beyond(mark.upper, scale, open_end=WIDTH - 1)
    line = ["─" if first <= place <= last else "·" for place in range(WIDTH)]
    for place, sign in ((lower, "["), (upper, "]")):
        if place is not None:
            line[place] = sign
    value = scale.place(mark.value)
    dot = WIDTH // 2 if value is None else value
    line[dot] = "●"
    text = Text("".join(line), style="dim")
    text.stylize(f"not dim {mark.style}".strip(), dot, dot + 1)
    return text


def _beyond(limit: float | None, scale: Scale, *, open_end: int) -> int:
    if limit is None:
        return open_end
    return -1 if limit < scale.lowest else WIDTH

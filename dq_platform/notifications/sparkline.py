"""Numbers as a line of blocks, for messages that are text."""

from __future__ import annotations

import math
from collections.abc import Iterable

BLOCKS = "▁▂▃▄▅▆▇█"


def sparkline(numbers: Iterable[float]) -> str:
    """One block for each finite number, the lowest for the least; empty for fewer than two.

    Equal ones are of middle height.
    """
    values = [number for number in numbers if math.isfinite(number)]
    if len(values) < 2:
        return ""
    least, most = min(values), max(values)
    if least == most:
        return BLOCKS[3] * len(values)
    # Halves first: the difference of two large numbers may be more than a float holds.
    span = most / 2 - least / 2
    return "".join(BLOCKS[min(7, int((value / 2 - least / 2) / span * 8))] for value in values)

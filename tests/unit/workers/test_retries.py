from __future__ import annotations

import random
from datetime import timedelta

import pytest

from workers.retries import Backoff


class AtMost(random.Random):
    """Draws (nearly) the largest number."""

    def random(self) -> float:
        return 1.0


def test_the_longest_possible_pause_doubles_with_each_attempt_up_to_a_limit() -> None:
    backoff = Backoff(timedelta(seconds=2), timedelta(seconds=10), AtMost())
    assert [backoff.pause(attempt).total_seconds() for attempt in range(1, 6)] == [2, 4, 8, 10, 10]


@pytest.mark.parametrize("attempt", [1, 4, 1_000_000])
def test_a_pause_is_anything_from_nothing_to_its_bound(attempt: int) -> None:
    backoff = Backoff(draw=random.Random(1))
    pauses = [backoff.pause(attempt) for _ in range(200)]
    bound = min(backoff.longest, backoff.base * 2 ** min(attempt - 1, 10))
    assert all(timedelta() <= pause <= bound for pause in pauses)
    assert len(set(pauses)) > 100

from __future__ import annotations

import pytest

from dq_platform.models.cost import FREE, Budget, Cost


@pytest.mark.parametrize("among", [1, 3, 7, 500])
def test_shares_add_up_to_the_whole(among: int) -> None:
    whole = Cost(12.5, 2, 1e6)
    total = sum((whole.share(among) for _ in range(among)), FREE)
    assert (total.milliseconds, total.statements, total.scanned_rows) == pytest.approx((12.5, 2, 1e6))


def test_what_is_not_known_of_a_part_is_not_known_of_the_whole() -> None:
    assert Cost(1, 1, None) + Cost(2, 1, 5) == Cost(2, 1, 5) + Cost(1, 1, None) == Cost(3, 2, None)
    assert Cost(4, 2, None).share(2) == Cost(2, 1, None)


@pytest.mark.parametrize(("own", "process", "sessions"), [(None, 4, 4), (1, 4, 1), (9, 4, 4)])
def test_a_budget_lowers_the_sessions_of_a_process_and_never_lifts_them(
    own: int | None, process: int, sessions: int
) -> None:
    assert Budget(max_concurrent_statement_count=own).sessions(process) == sessions

from __future__ import annotations

from datetime import timedelta

import pytest

from dq_platform.incidents.maintenance import covers, outside
from dq_platform.models.maintenance import MaintenanceWindow
from dq_platform.models.outcome import Outcome
from tests.unit.incidents.builders import T0, result


def window(**changes):
    times = {"start_time": T0, "end_time": T0 + timedelta(hours=1), "create_time": T0, "update_time": T0}
    return MaintenanceWindow(**({"id": "m", "workspace_id": "w", "reason": "we move"} | times | changes))


@pytest.mark.parametrize(
    ("changes", "covered"),
    [
        ({}, True),
        ({"connection_id": "c", "table_pattern": "public.orders"}, True),
        ({"connection_id": "d"}, False),
        ({"table_pattern": "*.ord?rs"}, True),
        ({"table_pattern": "public.o*"}, True),
        ({"table_pattern": "public.order"}, False),
        ({"table_pattern": "Public.*"}, False),
        ({"table_pattern": "public.order[s]"}, False),
        ({"end_time": T0}, False),
        ({"start_time": T0 + timedelta(microseconds=1)}, False),
    ],
)
def test_a_window_is_about_what_is_measured_in_it_of_the_tables_that_it_names(changes, covered):
    assert covers(window(**changes), result(Outcome.ERROR)) is covered


def test_what_fails_in_a_window_is_left_out_with_all_of_its_check_and_group():
    kept = [result(Outcome.PASSED, check="b"), result(Outcome.ERROR, check="c", minutes=60)]
    quiet = [result(Outcome.FATAL), result(Outcome.PASSED, minutes=1)]
    assert outside([*quiet, *kept], [window()]) == kept
    assert outside([*quiet, *kept], []) == [*quiet, *kept]

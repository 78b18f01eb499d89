from __future__ import annotations

import pytest

from cli.commands.look import due

DUE = "2026-01-05T10:00:00Z"


@pytest.mark.parametrize(
    ("job", "shown"),
    [
        ({"missed_run_count": "0"}, "–"),
        ({"missed_run_count": "0", "due_time": DUE}, ":00"),
        ({"missed_run_count": "1440", "due_time": DUE}, ":00 and 1,440 more"),
    ],
)
def test_a_job_tells_the_moments_that_it_stands_for(job: dict[str, str], shown: str) -> None:
    assert due(job).endswith(shown)

from __future__ import annotations

import pytest

from dq_platform.checks.rules.verdict import Verdict, decided
from dq_platform.models.outcome import Outcome, Severity

W, E, F = Severity
PASSES, FAILS, UNDECIDED = Verdict(passed=True), Verdict(passed=False), Verdict(passed=None)


@pytest.mark.parametrize(
    ("verdicts", "outcome", "telling"),
    [
        ({W: FAILS, E: FAILS, F: PASSES}, Outcome.ERROR, E),
        ({W: PASSES, E: PASSES}, Outcome.PASSED, W),
        ({W: PASSES, E: UNDECIDED, F: UNDECIDED}, Outcome.INCONCLUSIVE, E),
        ({W: FAILS, F: UNDECIDED}, Outcome.WARNING, W),
    ],
)
def test_the_worst_severity_that_fails_decides(
    verdicts: dict[Severity, Verdict], outcome: Outcome, telling: Severity
) -> None:
    found, verdict = decided(verdicts)
    assert (found, verdict) == (outcome, verdicts[telling])

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from dq_platform.app.review import Review, reviewed_note
from dq_platform.errors import Invalid


def reasons(review: Review) -> dict[str, str]:
    return {violation.field: violation.reason for violation in review.violations}


def test_a_review_without_a_complaint_raises_nothing() -> None:
    review = Review("check")
    review.names("x" * 200, "d" * 4000)
    review.labels({"team": "crm"} | {str(number): "v" for number in range(63)})
    review.zone("Europe/Berlin")
    review.request_id("")
    review.request_id("a.B_9-" * 10)
    review.period(datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 2, tzinfo=UTC), "end")
    assert review.done() is None


def test_everything_wrong_is_told_at_once_under_its_path() -> None:
    review = Review("check")
    review.names("", "d" * 4001)
    review.labels({str(number): "v" for number in range(65)})
    review.zone("Mars")
    now = datetime(2026, 1, 1, tzinfo=UTC)
    review.period(now, now, "end_time")
    with pytest.raises(Invalid) as caught:
        review.done()
    assert len(caught.value.violations) == 5
    assert reasons(review) == {
        "check.display_name": "REQUIRED",
        "check.description": "TOO_LONG",
        "check.labels": "TOO_MANY",
        "check.time_zone": "UNKNOWN_TIME_ZONE",
        "check.end_time": "INVALID_PERIOD",
    }


@pytest.mark.parametrize("value", ["a\x00b", "\ud800"])
def test_text_that_cannot_be_stored_is_refused(value: str) -> None:
    review = Review()
    review.text("note", value, most=10)
    assert reasons(review) == {"note": "INVALID_CHARACTER"}


@pytest.mark.parametrize("request_id", [" ", "x" * 65, "ä", "a/b", "a\n"])
def test_a_request_id_takes_plain_characters_only(request_id: str) -> None:
    review = Review()
    review.request_id(request_id)
    assert list(reasons(review)) == ["request_id"]


def test_a_label_needs_a_key_and_keeps_its_value_short() -> None:
    review = Review("check")
    review.labels({"": "x", "k": "v" * 256})
    assert reasons(review) == {"check.labels.": "REQUIRED", "check.labels.k": "TOO_LONG"}


def test_a_note_has_at_most_two_thousand_characters() -> None:
    assert reviewed_note("n" * 2000) == "n" * 2000
    with pytest.raises(Invalid, match="note: has 2001 characters"):
        reviewed_note("n" * 2001)

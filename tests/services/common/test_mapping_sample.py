from __future__ import annotations

from datetime import UTC, datetime

from dq_platform.models.sample import ErrorSamples, SampleColumn, SampleValue
from services.common.mapping_sample import error_samples

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)


def test_nulls_masks_and_cut_off_values_are_told_apart() -> None:
    found = error_samples(
        ErrorSamples(
            *("w", "r", "k", '["a"]', NOW.replace(hour=0), NOW),
            columns=(SampleColumn("id", identifies=True), SampleColumn("email", masked=True), SampleColumn("note")),
            rows=((SampleValue("1"), SampleValue(None), SampleValue("", truncated=True)),),
            more=True,
        )
    )
    assert (found.result_id, found.check_id, found.data_group, found.more) == ("r", "k", '["a"]', True)
    assert found.take_time.ToDatetime(UTC) == NOW
    assert found.time_period.ToDatetime(UTC) == NOW.replace(hour=0)
    assert [(one.name, one.identifies, one.masked) for one in found.columns] == [
        ("id", True, False),
        ("email", False, True),
        ("note", False, False),
    ]
    [[one, two, three]] = [row.values for row in found.rows]
    assert (one.text, one.HasField("text"), one.truncated) == ("1", True, False)
    assert not two.HasField("text")
    assert (three.text, three.HasField("text"), three.truncated) == ("", True, True)


def test_a_text_that_is_no_unicode_is_shown_with_marks() -> None:
    found = error_samples(ErrorSamples("w", "r", "k", "", NOW, NOW, rows=((SampleValue("a\ud800"),),)))
    assert found.rows[0].values[0].text == "a?"

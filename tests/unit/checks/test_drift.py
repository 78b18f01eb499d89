from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dq_platform.checks.drift import MAX_TEXT, Drift, all_differences, described, differences, differing
from dq_platform.models.baseline import ColumnChange, ColumnChangeKind
from dq_platform.models.metadata import ColumnInfo, DataType

ADDED, REMOVED, REORDERED, RETYPED, NULLABILITY = ColumnChangeKind
ID, EMAIL, AMOUNT = "id:integer!", "email:text", "amount:numeric(12,2)"
TABLE = (ID, EMAIL, AMOUNT)


def columns(*texts: str) -> tuple[ColumnInfo, ...]:
    """`name:type`, and `!` for NOT NULL."""
    made = []
    for position, text in enumerate(texts, 1):
        name, _, kind = text.rstrip("!").partition(":")
        made.append(ColumnInfo(name, position, kind or "text", DataType.OTHER, nullable=not text.endswith("!")))
    return tuple(made)


def changes(drift: Drift, after: Sequence[str], before: Sequence[str] = TABLE) -> list[tuple[str, ...]]:
    found = differences(drift, columns(*before), columns(*after))
    return [(change.kind, change.column_name, change.before, change.after) for change in found]


@pytest.mark.parametrize("drift", Drift)
def test_what_is_as_it_was_has_no_changes(drift: Drift) -> None:
    assert changes(drift, TABLE) == []
    assert changes(drift, (), ()) == []


@pytest.mark.parametrize("drift", Drift)
def test_an_added_and_a_removed_column_are_changes_in_every_sense(drift: Drift) -> None:
    assert changes(drift, (*TABLE, "note:text")) == [(ADDED, "note", "", "text")]
    assert changes(drift, (ID, AMOUNT)) == [(REMOVED, "email", "text", "")]


def test_all_differences_are_those_of_order_and_of_types_each_once() -> None:
    found = all_differences(columns(*TABLE), columns("email:text", "id:text", "note:text"))
    every = {*changes(Drift.ORDER, ("email:text", "id:text", "note:text"))}
    every |= {*changes(Drift.TYPES, ("email:text", "id:text", "note:text"))}
    assert len(found) == len(every)
    assert {(one.kind, one.column_name, one.before, one.after) for one in found} == every


@pytest.mark.parametrize("after", ["e_mail:text", "Email:text", "EMAIL:text"])
@pytest.mark.parametrize("drift", [Drift.NAMES, Drift.ORDER, Drift.TYPES])
def test_a_renamed_column_is_one_removed_and_one_added_even_if_only_the_case_differs(drift: Drift, after: str) -> None:
    name = after.partition(":")[0]
    assert changes(drift, (ID, after, AMOUNT)) == [(ADDED, name, "", "text"), (REMOVED, "email", "text", "")]


def test_a_renamed_column_leaves_the_number_of_columns_as_it_was() -> None:
    assert changes(Drift.COUNT, (ID, "e_mail:text", AMOUNT)) == []


def test_another_number_of_columns_names_those_that_came_and_went() -> None:
    found = changes(Drift.COUNT, (ID, "e_mail:text"))
    assert [(kind, name) for kind, name, _, _ in found] == [(ADDED, "e_mail"), (REMOVED, "email"), (REMOVED, "amount")]


@pytest.mark.parametrize(
    ("before", "after", "moved"),
    [
        ("abcd", "bcda", [("a", "1", "4")]),
        ("abcd", "dabc", [("d", "4", "1")]),
        ("abcd", "acbd", [("b", "2", "3")]),
        ("abcd", "xabcdy", []),
        ("abcd", "bd", []),
        ("abcd", "xdb", [("b", "2", "3")]),
        ("abcd", "dcba", [("a", "1", "4"), ("b", "2", "3"), ("c", "3", "2")]),
    ],
)
def test_only_columns_that_must_have_moved_are_reordered(
    before: str, after: str, moved: list[tuple[str, str, str]]
) -> None:
    found = changes(Drift.ORDER, tuple(after), tuple(before))
    assert [(name, old, new) for kind, name, old, new in found if kind == REORDERED] == moved
    assert [one for one in changes(Drift.TYPES, tuple(after), tuple(before)) if one[0] == REORDERED] == []


@given(st.permutations("abcdefgh"), st.permutations("abcdefgh"))
def test_putting_the_reordered_columns_aside_leaves_one_order(before: list[str], after: list[str]) -> None:
    moved = {name for _, name, _, _ in changes(Drift.ORDER, after, before)}
    assert [name for name in before if name not in moved] == [name for name in after if name not in moved]
    assert len(moved) < len(before)


@pytest.mark.parametrize(
    ("after", "wanted"),
    [
        ("id:bigint!", [(RETYPED, "id", "integer", "bigint")]),
        ("id:integer", [(NULLABILITY, "id", "NOT NULL", "NULL")]),
        ("id:bigint", [(RETYPED, "id", "integer", "bigint"), (NULLABILITY, "id", "NOT NULL", "NULL")]),
    ],
)
def test_a_column_of_another_type_or_nullability_is_told_with_both(after: str, wanted: list[tuple[str, ...]]) -> None:
    assert changes(Drift.TYPES, (after, EMAIL, AMOUNT)) == wanted
    assert changes(Drift.ORDER, (after, EMAIL, AMOUNT)) == []


def test_length_and_precision_are_part_of_a_type() -> None:
    assert changes(Drift.TYPES, (ID, "email:varchar(20)", "amount:numeric(12,4)"))[1:] == [
        (RETYPED, "amount", "numeric(12,2)", "numeric(12,4)")
    ]


def test_what_an_engine_guesses_and_people_comment_is_no_change() -> None:
    before = columns(*TABLE)
    after = tuple(replace(column, comment="new", estimated_distinct=5, primary_key=True) for column in before)
    assert [differences(drift, before, after) for drift in Drift] == [()] * 4


def test_a_column_that_differs_in_two_ways_counts_once() -> None:
    found = differences(Drift.TYPES, columns(*TABLE), columns("id:bigint", EMAIL, "total:text"))
    assert (len(found), differing(found)) == (4, 3)


def test_a_text_names_every_change_with_what_it_was_and_is() -> None:
    found = [
        ColumnChange(ADDED, "note", after="text"),
        ColumnChange(REMOVED, "email", before="text"),
        ColumnChange(REORDERED, "id", "1", "3"),
        ColumnChange(RETYPED, "amount", "integer", "bigint"),
        ColumnChange(NULLABILITY, "amount", "NOT NULL", "NULL"),
    ]
    assert described(found) == (
        "The columns differ from the accepted ones: added note (text); removed email; reordered id: 1 → 3; "
        "retyped amount: integer → bigint; nullability of amount: NOT NULL → NULL."
    )
    assert described([]) == ""


def test_a_text_on_very_many_or_very_long_changes_stays_short_and_says_what_it_leaves_out() -> None:
    many = [ColumnChange(REMOVED, f"column_{number}", before="text") for number in range(1600)]
    text = described(many)
    assert len(text) < MAX_TEXT + 100
    named = text.count("removed")
    assert named > 40
    assert text.endswith(f"; and {1600 - named} more.")
    assert len(described([ColumnChange(ADDED, "n" * 10_000, after="t" * 10_000)] * 100)) < MAX_TEXT + 100


def test_long_types_are_shown_from_where_they_part() -> None:
    values = ",".join(f"'{number}'" for number in range(100))
    text = described([ColumnChange(RETYPED, "status", f"enum({values})", f"enum({values},'new')")])
    assert text.endswith("retyped status: …7','98','99') → …7','98','99','new').")

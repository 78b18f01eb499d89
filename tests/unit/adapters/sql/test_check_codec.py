from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from dq_platform.adapters.sql import check_codec as codec
from dq_platform.models.check import CheckSelector, GroupBy, Mode, Thresholds

NUMBERS = st.integers() | st.floats(allow_nan=False, allow_infinity=False)
VALUES = st.text() | NUMBERS | st.booleans() | st.lists(st.text()).map(tuple) | st.lists(NUMBERS).map(tuple)
PARAMS = st.dictionaries(st.text(), VALUES)


def through_json(value: Any) -> Any:
    return json.loads(json.dumps(value))


@given(PARAMS)
def test_parameters_keep_their_values_and_types(params: dict[str, Any]) -> None:
    back = codec.params_from_json(through_json(codec.params_to_json(params)))
    assert back == params
    assert {name: type(value) for name, value in back.items()} == {name: type(params[name]) for name in params}


@given(st.none() | PARAMS, st.none() | PARAMS, st.none() | PARAMS)
def test_a_severity_that_is_not_checked_stays_so(warning: Any, error: Any, fatal: Any) -> None:
    thresholds = Thresholds(warning, error, fatal)
    assert codec.thresholds_from_json(through_json(codec.thresholds_to_json(thresholds))) == thresholds


def test_grouping_keeps_its_levels_in_order() -> None:
    levels = (GroupBy(tag="eu"), GroupBy(column="tag"))
    assert codec.group_by_from_json(through_json(codec.group_by_to_json(levels))) == levels


@given(
    st.builds(
        CheckSelector,
        check_ids=st.lists(st.text()).map(tuple),
        table_pattern=st.text(),
        category=st.text(),
        mode=st.none() | st.sampled_from(Mode),
        labels=st.dictionaries(st.text(), st.text()),
    )
)
def test_a_selector_comes_back_as_it_was(selector: CheckSelector) -> None:
    assert codec.selector_from_json(through_json(codec.selector_to_json(selector))) == selector


def test_an_empty_selector_is_stored_as_nothing() -> None:
    assert codec.selector_to_json(CheckSelector()) == {}

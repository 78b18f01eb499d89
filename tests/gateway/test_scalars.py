from __future__ import annotations

import math

import pytest
from google.protobuf.descriptor import FieldDescriptor

from gateway.scalars import SCALARS, Reject, decode_base64, suggest

INT64 = SCALARS[FieldDescriptor.TYPE_INT64]
DOUBLE = SCALARS[FieldDescriptor.TYPE_DOUBLE]
BOOL = SCALARS[FieldDescriptor.TYPE_BOOL]


@pytest.mark.parametrize("text", ["1", "t", "T", "true", "TRUE", "True"])
def test_texts_for_true(text: str) -> None:
    assert BOOL.from_text(text) is True


@pytest.mark.parametrize("text", ["0", "f", "F", "false", "FALSE", "False"])
def test_texts_for_false(text: str) -> None:
    assert BOOL.from_text(text) is False


@pytest.mark.parametrize("text", ["yes", "", "2", "tRUE"])
def test_other_texts_are_neither(text: str) -> None:
    with pytest.raises(Reject):
        BOOL.from_text(text)


@pytest.mark.parametrize("text", ["", " 1", "1_0", "0x1", "+1", "1.0", "١", "9223372036854775808", "1" * 50])
def test_a_text_that_is_no_int64(text: str) -> None:
    with pytest.raises(Reject):
        INT64.from_text(text)


@pytest.mark.parametrize(("text", "value"), [("-Infinity", -math.inf), ("1e3", 1000.0), ("-0.5", -0.5)])
def test_texts_for_doubles(text: str, value: float) -> None:
    assert DOUBLE.from_text(text) == value


@pytest.mark.parametrize("text", ["inf", "nan", "1e", ".5", "1_0", "0x1p3", ""])
def test_a_text_that_is_no_double(text: str) -> None:
    with pytest.raises(Reject):
        DOUBLE.from_text(text)


@pytest.mark.parametrize("text", ["a", "a===", "*", "aGk\n", "é"])
def test_a_text_that_is_no_base64(text: str) -> None:
    with pytest.raises(Reject):
        decode_base64(text)


def test_the_nearest_names_come_first() -> None:
    assert suggest("colum", ["column", "table", "columns"]) == "did you mean column, columns?"
    assert suggest("typ", ["check_type", "mode"]) == "did you mean check_type?"
    assert suggest("zzz", ["a", "b"]) == "known: a, b"
    assert suggest("zzz", []) == "there are none"

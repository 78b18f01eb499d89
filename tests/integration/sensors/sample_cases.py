"""Which rows of `data` each sensor objects to, worked out by hand; the same on every engine."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tests.integration.sensors.cases import FOREIGN, HOSTILE
from tests.integration.sensors.data import RECORDS, TABLE


@dataclass(frozen=True)
class Sample:
    """`rows` are the ids; where the engine chooses among equal rows, the values, as texts."""

    sensor: str
    column: str
    rows: list[Any]
    params: dict[str, Any] = field(default_factory=dict)
    shown: str = "id"
    table: str = TABLE
    where: str = ""

    def __str__(self) -> str:
        return "-".join(part for part in (self.sensor, self.column, *map(str, self.params.values())) if part)


def values(sensor: str, column: str, *rows: str, **params: Any) -> Sample:
    """Rows told by the value of the checked column."""
    return Sample(sensor, column, list(rows), params, shown=column)


def ids(sensor: str, column: str, *rows: int, **params: Any) -> Sample:
    """Rows told by their id."""
    return Sample(sensor, column, [str(row) for row in rows], params)


ALL = range(1, 13)
PATTERN = "^[A-Z]-[0-9]+$"
NO_DATES = (2, 3, 4, 6)
OTHER_STATUS = ("New", "new ", "Ünew")
KEYS = FOREIGN | {"foreign_column": "id"}
LABELS = FOREIGN | {"foreign_column": "la.bel"}

SAMPLES = [
    ids("null_count", "num", 8, 9, 10, 11, 12),
    ids("null_count", "nothing", *ALL),
    ids("null_percent", "num", 8, 9, 10, 11, 12),
    ids("not_null_count", "num", 8, 9, 10, 11, 12),
    ids("not_null_percent", "num", 8, 9, 10, 11, 12),
    ids("invalid_email_format_count", "email", 3, 4, 5, 6, 7, 8),
    ids("invalid_email_format_percent", "email", 3, 4, 5, 6, 7, 8),
    ids("invalid_uuid_format_count", "uuid", 4, 5),
    ids("invalid_uuid_format_percent", "uuid", 4, 5),
    ids("invalid_ip4_address_format_count", "ip4", 3, 4, 5, 6),
    ids("invalid_ip6_address_format_count", "ip6", 6, 7, 8),
    ids("invalid_usa_phone_count", "phone", 5, 6),
    ids("invalid_usa_phone_percent", "phone", 5, 6),
    ids("invalid_usa_zipcode_count", "zip", 3, 4, 5),
    ids("invalid_usa_zipcode_percent", "zip", 3, 4, 5),
    ids("text_not_matching_name_pattern_percent", "person", 4, 5, 7),
    ids("text_not_matching_date_pattern_count", "iso_date", *NO_DATES),
    ids("text_not_matching_date_patterns_percent", "iso_date", *NO_DATES),
    ids("text_match_date_format_percent", "iso_date", *NO_DATES),
    ids("text_not_matching_regex_count", "code", 3, 4, 5, 6, regex=PATTERN),
    ids("texts_not_matching_regex_percent", "code", 3, 4, 5, 6, regex=PATTERN),
    ids("contains_email_percent", "note", 1),
    ids("contains_ip4_percent", "note", 3),
    ids("contains_ip6_percent", "note", 4),
    ids("contains_usa_phone_percent", "note", 2),
    ids("contains_usa_zipcode_percent", "note", 5),
    ids("text_parsable_to_boolean_percent", "truth", 5, 6),
    ids("text_parsable_to_integer_percent", "number_text", 4, 5, 6, 8),
    ids("text_parsable_to_float_percent", "number_text", 5, 8),
    ids("text_parsable_to_date_percent", "iso_date", *NO_DATES),
    ids("text_length_below_min_length_count", "lengths", 1, 2, 4, min_length=5),
    ids("text_length_below_min_length_percent", "lengths", 1, 2, 4, min_length=5),
    ids("text_length_above_max_length_count", "lengths", 6, max_length=5),
    ids("text_length_above_max_length_percent", "lengths", 6, max_length=5),
    ids("text_length_in_range_percent", "lengths", 1, 2, 6, min_length=2, max_length=5),
    ids("empty_text_count", "spaces", 1),
    ids("empty_text_percent", "spaces", 1),
    ids("whitespace_text_count", "spaces", 2, 3),
    ids("whitespace_text_percent", "spaces", 2, 3),
    ids("text_surrounded_by_whitespace_count", "spaces", 4, 5),
    ids("text_surrounded_by_whitespace_percent", "spaces", 4, 5),
    ids("null_placeholder_text_count", "placeholder", 1, 2, 3, 4, 5, 7),
    ids("null_placeholder_text_percent", "placeholder", 1, 2, 3, 4, 5, 7),
    values("distinct_count", "status", "new", "paid", *OTHER_STATUS),
    values("distinct_percent", "status", "new", "paid", "paid"),
    values("duplicate_count", "status", "new", "paid", "paid"),
    values("duplicate_percent", "status", "new", "paid", "paid"),
    values("distinct_count", "big", "9007199254740993", "1"),
    values("distinct_count", "flag", "true", "false"),
    *(values("duplicate_percent", name, "x") for name in HOSTILE),
    *(ids("invalid_email_format_count", name, 1, 2) for name in HOSTILE),
    ids("text_found_in_set_percent", "status", 2, 7, 8, expected_values=["new", "paid", "it's \\ 😀"]),
    ids("expected_text_values_in_use_count", "status", 2, 7, 8, expected_values=["new", "paid", "gone"]),
    values("expected_texts_in_top_values_count", "status", expected_values=["new", "paid"], top=2),
    values("expected_texts_in_top_values_count", "status", "paid", expected_values=["new"], top=1),
    values("expected_texts_in_top_values_count", "status", "paid", *OTHER_STATUS, expected_values=["new"], top=3),
    ids("text_valid_country_code_percent", "country", 3, 4, 5),
    ids("text_valid_currency_code_percent", "currency", 4),
    ids("number_found_in_set_percent", "num", 1, 2, 3, 6, 7, expected_values=[1, 2, 7.5]),
    ids("expected_numbers_in_use_count", "num", 1, 2, 3, 6, 7, expected_values=[1, 2, 7.5]),
    ids("negative_count", "num", 1, 2),
    ids("negative_percent", "num", 1, 2),
    ids("non_negative_count", "num", 3, 4, 5, 6, 7),
    ids("non_negative_percent", "num", 3, 4, 5, 6, 7),
    ids("number_below_min_value_count", "num", 1, 2, 3, min_value=1),
    ids("number_below_min_value_percent", "num", 1, 2, 3, min_value=0.5),
    ids("number_above_max_value_count", "num", 6, 7, max_value=2),
    ids("number_above_max_value_percent", "num", 6, 7, max_value=2.5),
    ids("number_in_range_percent", "num", 1, 2, 7, min_value=0, max_value=3),
    ids("integer_in_range_percent", "num", 1, 2, 7, min_value=0, max_value=3),
    ids("invalid_latitude_count", "latitude", 3),
    ids("valid_latitude_percent", "latitude", 3),
    ids("invalid_longitude_count", "longitude", 3, 4),
    ids("valid_longitude_percent", "longitude", 3, 4),
    ids("true_percent", "flag", 3),
    ids("false_percent", "flag", 1, 2),
    ids("date_in_range_percent", "day", 1, 3),
    ids("date_in_range_percent", "happened", 1, min_date="2024-01-02", max_date="2024-01-02"),
    ids("date_values_in_future_percent", "day", 3),
    ids("foreign_key_not_match_count", "key_number", 4, **KEYS),
    ids("foreign_key_match_percent", "key_number", 4, **KEYS),
    ids("foreign_key_not_match_count", "key_text", 2, 3, **LABELS),
    ids("foreign_key_match_percent", "key_text", 2, 3, **LABELS),
    Sample("foreign_key_match_percent", "key_number", [], KEYS, where="id < 4"),
    ids("sql_condition_failed_count_on_table", "", 1, 2, 3, sql_condition="num > 0"),
    ids("sql_condition_passed_percent_on_table", "", 1, 2, 3, 8, 9, 10, 11, 12, sql_condition="num > 0"),
    ids("sql_condition_failed_count_on_column", "num", 5, sql_condition="part = 1 OR num > 2"),
    ids("sql_condition_passed_percent_on_column", "num", 5, sql_condition="part = 1 OR num > 2"),
    Sample("duplicate_record_count", "", ["1", "2"], {"columns": ["a", "b"]}, "a", RECORDS),
    Sample("duplicate_record_percent", "", ["1", "2"], {"columns": ["a", "b"]}, "a", RECORDS),
    Sample("duplicate_record_count", "", ["1", "2", None], {}, "a", RECORDS),
]

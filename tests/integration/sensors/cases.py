"""What each sensor must answer, worked out by hand from `data`; the same on every engine."""

from __future__ import annotations

import statistics
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from tests.integration.sensors.data import COLUMNS, EMPTY, RECORDS, TABLE


@dataclass(frozen=True)
class Case:
    sensor: str
    column: str
    value: Any
    params: dict[str, Any] = field(default_factory=dict)
    expected: Any = None
    table: str = TABLE
    where: str = ""
    changed: int | None = None

    def value_on(self, *, empty_is_null: bool) -> Any:
        """The value, on an engine that makes NULL of an empty text or not."""
        return WITHOUT_EMPTY_TEXTS.get(str(self), self.value) if empty_is_null else self.value

    def __str__(self) -> str:
        return "-".join(part for part in (self.sensor, self.column, *map(str, self.params.values())) if part)


NUM = [-2, -1, 0, 1, 2, 3, 100]
REF = "ref.erence"
REFERENCE = {"referenced_table": f'"{REF}"', "referenced_column": "amount"}
FOREIGN = {"foreign_table": f'"it\'s"."{REF}"'}
EVENT = {"event_timestamp_column": "happened"}
BOTH = EVENT | {"ingestion_timestamp_column": "arrived"}
KINDS = ["integer", "float", "date", "datetime", "timestamp", "boolean", "text", "mixed"]
HOSTILE = ['we"ird', "back`tick", "select", "it's", "Größe 字", "per%cent"]

CASES = [
    Case("table_availability", "", 0),
    Case("table_availability", "", 0, table=EMPTY),
    Case("row_count", "", 12),
    Case("row_count", "", 4, where="part = 1"),
    Case("null_count", "num", 5),
    Case("null_count", "nothing", 12),
    Case("null_percent", "num", 500 / 12),
    Case("not_null_count", "num", 7),
    Case("not_null_percent", "num", 700 / 12),
    Case("not_null_percent", "nothing", 0.0),
    Case("invalid_email_format_count", "email", 6),
    Case("invalid_email_format_percent", "email", 75.0),
    Case("invalid_uuid_format_count", "uuid", 2),
    Case("invalid_uuid_format_percent", "uuid", 40.0),
    Case("invalid_ip4_address_format_count", "ip4", 4),
    Case("invalid_ip6_address_format_count", "ip6", 3),
    Case("invalid_usa_phone_count", "phone", 2),
    Case("invalid_usa_phone_percent", "phone", 200 / 6),
    Case("invalid_usa_zipcode_count", "zip", 3),
    Case("invalid_usa_zipcode_percent", "zip", 60.0),
    Case("text_not_matching_name_pattern_percent", "person", 300 / 7),
    Case("text_not_matching_date_pattern_count", "iso_date", 4),
    Case("text_not_matching_date_patterns_percent", "iso_date", 400 / 6),
    Case("text_match_date_format_percent", "iso_date", 200 / 6),
    *(
        Case("text_match_date_format_percent", "any_date", 100 / 6, {"date_format": name})
        for name in ["DD/MM/YYYY", "MM/DD/YYYY", "DD-MM-YYYY", "DD.MM.YYYY", "YYYY/MM/DD", "Month D, YYYY"]
    ),
    Case("text_not_matching_regex_count", "code", 4, {"regex": "^[A-Z]-[0-9]+$"}),
    Case("text_not_matching_regex_count", "code", 5, {"regex": "^it's\\.$"}),
    Case("text_not_matching_regex_count", "code", 5, {"regex": "back\\\\slash"}),
    Case("texts_not_matching_regex_percent", "code", 400 / 6, {"regex": "^[A-Z]-[0-9]+$"}),
    Case("contains_email_percent", "note", 100 / 7),
    Case("contains_ip4_percent", "note", 100 / 7),
    Case("contains_ip6_percent", "note", 100 / 7),
    Case("contains_usa_phone_percent", "note", 100 / 7),
    Case("contains_usa_zipcode_percent", "note", 100 / 7),
    Case("text_parsable_to_boolean_percent", "truth", 500 / 7),
    Case("text_parsable_to_integer_percent", "number_text", 50.0),
    Case("text_parsable_to_float_percent", "number_text", 75.0),
    Case("text_parsable_to_date_percent", "any_date", 100.0),
    Case("text_parsable_to_date_percent", "iso_date", 200 / 6),
    Case("text_min_length", "lengths", 0),
    Case("text_max_length", "lengths", 10),
    Case("text_mean_length", "lengths", 23 / 6),
    Case("text_length_below_min_length_count", "lengths", 3, {"min_length": 5}),
    Case("text_length_below_min_length_percent", "lengths", 50.0, {"min_length": 5}),
    Case("text_length_above_max_length_count", "lengths", 1, {"max_length": 5}),
    Case("text_length_above_max_length_percent", "lengths", 100 / 6, {"max_length": 5}),
    Case("text_length_in_range_percent", "lengths", 50.0, {"min_length": 2, "max_length": 5}),
    Case("min_word_count", "words", 0),
    Case("max_word_count", "words", 4),
    Case("empty_text_count", "spaces", 1),
    Case("empty_text_percent", "spaces", 12.5),
    Case("whitespace_text_count", "spaces", 2),
    Case("whitespace_text_percent", "spaces", 25.0),
    Case("text_surrounded_by_whitespace_count", "spaces", 2),
    Case("text_surrounded_by_whitespace_percent", "spaces", 25.0),
    Case("null_placeholder_text_count", "placeholder", 6),
    Case("null_placeholder_text_percent", "placeholder", 75.0),
    Case("distinct_count", "status", 5),
    Case("distinct_percent", "status", 62.5),
    Case("duplicate_count", "status", 3),
    Case("duplicate_percent", "status", 37.5),
    Case("distinct_count", "big", 2),
    Case("distinct_count", "flag", 2),
    Case("distinct_count", "day", 4),
    *(Case("duplicate_percent", name, 50.0) for name in HOSTILE),
    *(Case("invalid_email_format_count", name, 2) for name in HOSTILE),
    Case("text_found_in_set_percent", "status", 62.5, {"expected_values": ["new", "paid", "it's \\ 😀"]}),
    Case("expected_text_values_in_use_count", "status", 2, {"expected_values": ["new", "paid", "gone"]}, 3),
    Case("expected_texts_in_top_values_count", "status", 1, {"expected_values": ["new", "paid"], "top": 1}, 2),
    Case("expected_texts_in_top_values_count", "status", 2, {"expected_values": ["new", "paid"], "top": 2}, 2),
    Case("text_valid_country_code_percent", "country", 40.0),
    Case("text_valid_currency_code_percent", "currency", 75.0),
    Case("number_found_in_set_percent", "num", 200 / 7, {"expected_values": [1, 2, 7.5]}),
    Case("number_found_in_set_percent", "price", 200 / 3, {"expected_values": [0.1, 0.3]}),
    Case("expected_numbers_in_use_count", "num", 2, {"expected_values": [1, 2, 7.5]}, 3),
    Case("negative_count", "num", 2),
    Case("negative_percent", "num", 200 / 7),
    Case("non_negative_count", "num", 5),
    Case("non_negative_percent", "num", 500 / 7),
    Case("number_below_min_value_count", "num", 3, {"min_value": 1}),
    Case("number_below_min_value_percent", "num", 300 / 7, {"min_value": 0.5}),
    Case("number_above_max_value_count", "num", 2, {"max_value": 2}),
    Case("number_above_max_value_percent", "num", 200 / 7, {"max_value": 2.5}),
    Case("number_in_range_percent", "num", 400 / 7, {"min_value": 0, "max_value": 3}),
    Case("integer_in_range_percent", "num", 400 / 7, {"min_value": 0, "max_value": 3}),
    Case("number_in_range_percent", "price", 200 / 3, {"min_value": 0.1, "max_value": 0.2}),
    Case("invalid_latitude_count", "latitude", 1),
    Case("valid_latitude_percent", "latitude", 75.0),
    Case("invalid_longitude_count", "longitude", 2),
    Case("valid_longitude_percent", "longitude", 50.0),
    Case("sum", "num", 103),
    Case("sum", "big", 18014398509481987),
    Case("sum", "price", Decimal("0.60")),
    Case("mean", "num", 103 / 7),
    Case("min_value", "num", -2),
    Case("max_value", "num", 100),
    Case("max_value", "big", 9007199254740993),
    Case("min_value", "price", Decimal("0.10")),
    Case("percentile", "num", 1, {"percentile_value": 0.5}),
    Case("percentile", "num", 41.8, {"percentile_value": 0.9}),
    Case("percentile", "num", -2, {"percentile_value": 0}),
    Case("percentile", "num", 100, {"percentile_value": 1}),
    Case("sample_stddev", "num", statistics.stdev(NUM)),
    Case("population_stddev", "num", statistics.pstdev(NUM)),
    Case("sample_variance", "num", statistics.variance(NUM)),
    Case("population_variance", "num", statistics.pvariance(NUM)),
    Case("sample_stddev", "num", None, where="num = 1"),
    Case("true_percent", "flag", 200 / 3),
    Case("false_percent", "flag", 100 / 3),
    Case("date_in_range_percent", "day", 50.0),
    Case("date_in_range_percent", "happened", 50.0, {"min_date": "2024-01-02", "max_date": "2024-01-02"}),
    Case("date_values_in_future_percent", "day", 25.0),
    Case("date_values_in_future_percent", "day", 0.0, {"max_future_days": 40000}),
    Case("date_values_in_future_percent", "happened", 0.0),
    Case("data_ingestion_delay", "", 2.5, BOTH),
    Case("partition_reload_lag", "", 0.5, BOTH),
    Case("foreign_key_not_match_count", "key_number", 1, FOREIGN | {"foreign_column": "id"}),
    Case("foreign_key_match_percent", "key_number", 75.0, FOREIGN | {"foreign_column": "id"}),
    Case("foreign_key_not_match_count", "key_text", 2, FOREIGN | {"foreign_column": "la.bel"}),
    Case("foreign_key_match_percent", "key_text", 100 / 3, FOREIGN | {"foreign_column": "la.bel"}),
    Case("foreign_key_match_percent", "key_number", 100.0, FOREIGN | {"foreign_column": "id"}, where="id < 4"),
    Case("total_sum_match_percent", "num", 103, REFERENCE, 103),
    Case("total_min_match_percent", "num", -2, REFERENCE, -2),
    Case("total_max_match_percent", "num", 100, REFERENCE, 100),
    Case("total_average_match_percent", "num", 103 / 7, REFERENCE, 20.6),
    Case("total_not_null_count_match_percent", "num", 7, REFERENCE, 5),
    Case("total_row_count_match_percent", "", 12, {"referenced_table": f'"{REF}"'}, 7),
    *(
        Case("string_datatype_detect", f"kind_{name}", code)
        for code, name in enumerate(
            ["integer", "float", "date", "datetime", "timestamp", "boolean", "text", "mixed"], 1
        )
    ),
    Case("sql_condition_failed_count_on_table", "", 3, {"sql_condition": "num > 0"}),
    Case("sql_condition_passed_percent_on_table", "", 400 / 12, {"sql_condition": "num > 0"}),
    Case("sql_condition_failed_count_on_column", "num", 1, {"sql_condition": "part = 1 OR num > 2"}),
    Case("sql_condition_passed_percent_on_column", "num", 600 / 7, {"sql_condition": "part = 1 OR num > 2"}),
    Case("sql_aggregated_expression_on_table", "", 206, {"sql_expression": "SUM(num) * 2"}),
    Case("sql_aggregated_expression_on_column", "num", 103, {"sql_expression": "SUM(num)"}),
    Case("duplicate_record_count", "", 2, {"columns": ["a", "b"]}, table=RECORDS),
    Case("duplicate_record_percent", "", 40.0, {"columns": ["a", "b"]}, table=RECORDS),
    Case("duplicate_record_count", "", 3, table=RECORDS),
    Case("duplicate_record_count", "", 2, {"columns": ["a"]}, table=RECORDS),
    Case("column_count", "", len(COLUMNS)),
    Case("changed_columns", "", 3, changed=3),
    Case("changed_columns", "", None),
    Case("changed_column", "num", 1, changed=1),
    Case("column_exists", "num", 1),
    Case("column_exists", "gone", 0),
]

WITHOUT_EMPTY_TEXTS = {
    "invalid_email_format_count-email": 5,
    "invalid_email_format_percent-email": 500 / 7,
    "text_parsable_to_boolean_percent-truth": 500 / 6,
    "text_parsable_to_integer_percent-number_text": 400 / 7,
    "text_parsable_to_float_percent-number_text": 600 / 7,
    "text_min_length-lengths": 1,
    "text_mean_length-lengths": 23 / 5,
    "text_length_below_min_length_count-lengths-5": 2,
    "text_length_below_min_length_percent-lengths-5": 40.0,
    "text_length_above_max_length_percent-lengths-5": 20.0,
    "text_length_in_range_percent-lengths-2-5": 60.0,
    "empty_text_count-spaces": 0,
    "empty_text_percent-spaces": 0.0,
    "whitespace_text_percent-spaces": 200 / 7,
    "text_surrounded_by_whitespace_percent-spaces": 200 / 7,
    "null_placeholder_text_count-placeholder": 5,
    "null_placeholder_text_percent-placeholder": 500 / 7,
}
"""What differs where an empty text is NULL: one text fewer is there to be counted."""

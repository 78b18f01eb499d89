"""For every check type: what it is asked of the tables `good`, where it passes, and `bad`, where it fails."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from dq_platform.checks.catalog.registry import CHECK_REGISTRY
from tests.integration.execution.check_tables import COLUMNS, GOOD, ONLY_IN_GOOD, RETYPED


@dataclass(frozen=True)
class CheckCase:
    """`threshold` is that of severity error; empty: the check type's own.

    `usual` is what was measured every day until yesterday, give or take a fiftieth; without `varies`, exactly that.
    `bad` is the table in which it fails.
    """

    column: str = ""
    params: dict[str, Any] = field(default_factory=dict)
    threshold: dict[str, Any] = field(default_factory=dict)
    usual: float | None = None
    varies: bool = True
    partitioned: bool = False
    bad: str = "bad"


def between(low: Any, high: Any) -> dict[str, Any]:
    return {"from": low, "to": high}


def about(value: float) -> dict[str, Any]:
    return between(value - 1e-9, value + 1e-9)


SET = {"expected_values": ["new", "paid"]}
NUMBERS = {"expected_values": list(range(1, 11))}
ONE_TO_TEN = {"min_value": 1, "max_value": 10}
KEY = {"foreign_table": GOOD, "foreign_column": "num"}
REFERENCE = {"reference_table": GOOD}
TOTAL = {"referenced_table": GOOD, "referenced_column": "num"}
EVENT = {"event_timestamp_column": "happened"}
BOTH = EVENT | {"ingestion_timestamp_column": "arrived"}
REGEX = {"regex": "^[ab][0-9]$"}
CONDITION = {"sql_condition": "num BETWEEN 1 AND 10"}
QUERY = {"sql_query": f"SELECT num FROM {GOOD} WHERE num < 0"}
IMPORT = {
    "sql_query": f"SELECT CASE WHEN MIN(num) < 1 THEN 2 ELSE 0 END AS severity, MIN(num) AS actual_value FROM {GOOD}"
}
PATTERNS = {
    "invalid_email_format": "email",
    "invalid_uuid_format": "uuid",
    "invalid_ip4_address_format": "ip4",
    "invalid_ip6_address_format": "ip6",
    "invalid_usa_phone_format": "phone",
    "invalid_usa_zipcode_format": "zip",
}
PERCENTILES = {"percentile_10": 1.9, "percentile_25": 3.25, "median": 5.5, "percentile_75": 7.75, "percentile_90": 9.1}
FOLLOWED = {
    "sum": ("num", 55),
    "mean": ("num", 5.5),
    "median": ("num", 5.5),
    "min": ("num", 1),
    "max": ("num", 10),
    "row_count": ("", 10),
    "distinct_count": ("num", 10),
    "distinct_percent": ("halves", 50),
    "nulls_percent": ("holes", 10),
}
"""What check types that look back begin with, the column that they look at, and its usual value."""


def _looking_back() -> Iterator[tuple[str, CheckCase]]:
    names = [one.name for one in CHECK_REGISTRY.items()]
    for name, (column, usual) in FOLLOWED.items():
        for suffix in ("anomaly", "anomaly_seasonal", "change", "change_1_day", "change_7_days", "change_30_days"):
            if f"{name}_{suffix}" in names:
                yield f"{name}_{suffix}", CheckCase(column, usual=usual)


CHECK_CASES: dict[str, CheckCase] = {
    "row_count": CheckCase(threshold={"min_count": 10}),
    "column_count": CheckCase(threshold={"expected_value": len(COLUMNS)}),
    "column_count_changed": CheckCase(),
    "column_list_changed": CheckCase(),
    "column_list_or_order_changed": CheckCase(),
    "column_types_changed": CheckCase(),
    "column_type_changed": CheckCase(RETYPED),
    "column_exists": CheckCase(ONLY_IN_GOOD),
    "table_availability": CheckCase(usual=1, varies=False, bad="missing"),
    "data_freshness": CheckCase(params=EVENT),
    "data_freshness_anomaly": CheckCase(params=EVENT, usual=1),
    "data_freshness_anomaly_seasonal": CheckCase(params=EVENT, usual=1),
    "data_staleness": CheckCase(params={"ingestion_timestamp_column": "arrived"}),
    "data_ingestion_delay": CheckCase(params=BOTH),
    "reload_lag": CheckCase(params=BOTH, partitioned=True),
    "nulls_count": CheckCase("nothing"),
    "nulls_percent": CheckCase("nothing"),
    "not_nulls_count": CheckCase("nothing"),
    "not_nulls_percent": CheckCase("nothing"),
    "empty_column_found": CheckCase("nothing"),
    "distinct_count": CheckCase("num", threshold={"min_count": 10, "max_count": 10}),
    "distinct_percent": CheckCase("num"),
    "duplicate_count": CheckCase("num"),
    "duplicate_percent": CheckCase("num"),
    "duplicate_record_count": CheckCase(params={"columns": ["num", "status"]}),
    "duplicate_record_percent": CheckCase(params={"columns": ["num", "status"]}),
    "expected_numbers_in_use_count": CheckCase("num", NUMBERS),
    "number_found_in_set_percent": CheckCase("num", NUMBERS),
    "expected_text_values_in_use_count": CheckCase("status", SET),
    "expected_texts_in_top_values_count": CheckCase("status", SET | {"top": 2}),
    "text_found_in_set_percent": CheckCase("status", SET),
    "text_valid_country_code_percent": CheckCase("country"),
    "text_valid_currency_code_percent": CheckCase("currency"),
    "total_row_count_match_percent": CheckCase(params={"referenced_table": GOOD}),
    **{
        f"total_{name}_match_percent": CheckCase("num", TOTAL)
        for name in ("sum", "min", "max", "average", "not_null_count")
    },
    "row_count_match": CheckCase(params=REFERENCE),
    "column_count_match": CheckCase(params=REFERENCE),
    **{f"{name}_match": CheckCase("num", REFERENCE) for name in ("sum", "min", "max", "mean", "not_null_count")},
    "null_count_match": CheckCase("holes", REFERENCE),
    "min_date_match": CheckCase("day", REFERENCE),
    "max_date_match": CheckCase("day", REFERENCE),
    "true_percent": CheckCase("yes"),
    "false_percent": CheckCase("no"),
    "text_parsable_to_boolean_percent": CheckCase("truth"),
    "text_parsable_to_integer_percent": CheckCase("whole"),
    "text_parsable_to_float_percent": CheckCase("float"),
    "text_parsable_to_date_percent": CheckCase("date"),
    "sql_condition_failed_on_table": CheckCase(params=CONDITION),
    "sql_condition_passed_percent_on_table": CheckCase(params=CONDITION),
    "sql_condition_failed_on_column": CheckCase("num", CONDITION),
    "sql_condition_passed_percent_on_column": CheckCase("num", CONDITION),
    "sql_aggregate_expression_on_table": CheckCase("", {"sql_expression": "SUM(num)"}, between(55, 55)),
    "sql_aggregate_expression_on_column": CheckCase("num", {"sql_expression": "SUM(num)"}, between(55, 55)),
    "sql_invalid_record_count_on_table": CheckCase(params=QUERY),
    "sql_invalid_value_count_on_column": CheckCase("num", QUERY),
    "import_custom_result_on_table": CheckCase(params=IMPORT),
    "import_custom_result_on_column": CheckCase("num", IMPORT),
    "detected_datatype_in_text": CheckCase("whole", threshold={"expected_datatype": "integers"}),
    "detected_datatype_in_text_changed": CheckCase("whole", usual=1, varies=False),
    "date_in_range_percent": CheckCase("day"),
    "date_values_in_future_percent": CheckCase("day"),
    "text_match_date_format_percent": CheckCase("date"),
    "text_not_matching_date_pattern_found": CheckCase("date"),
    "text_not_matching_date_pattern_percent": CheckCase("date"),
    "min_date_in_range": CheckCase("day", threshold=between("2024-01-01", "2024-01-10")),
    "max_date_in_range": CheckCase("day", threshold=between("2024-01-01", "2024-01-10")),
    "lookup_key_found_percent": CheckCase("parent", KEY),
    "lookup_key_not_found": CheckCase("parent", KEY),
    "negative_values": CheckCase("num"),
    "negative_values_percent": CheckCase("num"),
    "non_negative_values": CheckCase("debt"),
    "non_negative_values_percent": CheckCase("debt"),
    "number_below_min_value": CheckCase("num", {"min_value": 1}),
    "number_below_min_value_percent": CheckCase("num", {"min_value": 1}),
    "number_above_max_value": CheckCase("num", {"max_value": 10}),
    "number_above_max_value_percent": CheckCase("num", {"max_value": 10}),
    "number_in_range_percent": CheckCase("num", ONE_TO_TEN),
    "integer_in_range_percent": CheckCase("num", ONE_TO_TEN),
    "min_in_range": CheckCase("num", threshold=between(1, 1)),
    "max_in_range": CheckCase("num", threshold=between(10, 10)),
    "sum_in_range": CheckCase("num", threshold=between(55, 55)),
    "mean_in_range": CheckCase("num", threshold=about(5.5)),
    "percentile_in_range": CheckCase("num", {"percentile_value": 0.5}, about(5.5)),
    **{f"{name}_in_range": CheckCase("num", threshold=about(value)) for name, value in PERCENTILES.items()},
    "sample_variance_in_range": CheckCase("num", threshold=about(82.5 / 9)),
    "population_variance_in_range": CheckCase("num", threshold=about(8.25)),
    "sample_stddev_in_range": CheckCase("num", threshold=about((82.5 / 9) ** 0.5)),
    "population_stddev_in_range": CheckCase("num", threshold=about(8.25**0.5)),
    "invalid_latitude": CheckCase("latitude"),
    "valid_latitude_percent": CheckCase("latitude"),
    "invalid_longitude": CheckCase("longitude"),
    "valid_longitude_percent": CheckCase("longitude"),
    **{f"{name}_found": CheckCase(column) for name, column in PATTERNS.items()},
    **{
        f"{name}_percent": CheckCase(column)
        for name, column in PATTERNS.items()
        if f"{name}_percent" in {one.name for one in CHECK_REGISTRY.items()}
    },
    "text_not_matching_regex_found": CheckCase("code", REGEX),
    "texts_not_matching_regex_percent": CheckCase("code", REGEX),
    "text_not_matching_name_pattern_percent": CheckCase("person"),
    **{f"contains_{what}_percent": CheckCase("note") for what in ("email", "ip4", "ip6", "usa_phone", "usa_zipcode")},
    "text_min_length": CheckCase("words", threshold=between(11, 11)),
    "text_max_length": CheckCase("words", threshold=between(11, 11)),
    "text_mean_length": CheckCase("words", threshold=about(11)),
    "text_length_below_min_length": CheckCase("words", {"min_length": 11}),
    "text_length_below_min_length_percent": CheckCase("words", {"min_length": 11}),
    "text_length_above_max_length": CheckCase("words", {"max_length": 11}),
    "text_length_above_max_length_percent": CheckCase("words", {"max_length": 11}),
    "text_length_in_range_percent": CheckCase("words", {"min_length": 11, "max_length": 11}),
    "min_word_count": CheckCase("words", threshold=between(2, 2)),
    "max_word_count": CheckCase("words", threshold=between(2, 2)),
    "min_text_in_range": CheckCase("code", threshold=between("a1", "b9")),
    "max_text_in_range": CheckCase("code", threshold=between("a1", "b9")),
    **{
        f"{name}_{what}": CheckCase("blank")
        for name in ("empty_text", "whitespace_text", "text_surrounded_by_whitespace", "null_placeholder_text")
        for what in ("found", "percent")
    },
    **dict(_looking_back()),
}

"""The checks of the demonstration: some of every category, on the sample shop with its planted faults."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from cli.api import Json

Given = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class DemoCheck:
    """One check as the API takes it, less its connection. Empty thresholds: the check type's own defaults."""

    table: str
    check_type: str
    column: str = ""
    params: Given = field(default_factory=dict)
    warning: Given | None = None
    error: Given | None = None
    fatal: Given | None = None
    where: str = ""
    daily_partitions_by: str = ""
    group_by: Sequence[str] = ()

    def body(self, connection_id: str, schema: str) -> Json:
        """The request that creates it."""
        levels = {"warning": self.warning, "error": self.error, "fatal": self.fatal}
        given = {severity: dict(params) for severity, params in levels.items() if params is not None}
        return {
            "target": {
                "connection_id": connection_id,
                "schema_name": schema,
                "table_name": self.table,
                "column_name": self.column,
            },
            "check_type": self.check_type,
            "mode": "MODE_PARTITIONED" if self.daily_partitions_by else "MODE_MONITORING",
            "partition_column": self.daily_partitions_by,
            "sensor_params": dict(self.params),
            "filter": self.where,
            "group_by": [{"column": column} for column in self.group_by],
            **({"thresholds": given} if given else {}),
        }


def count(table: str, check_type: str, column: str, **params: object) -> DemoCheck:
    """Judged by how many rows are wrong: any is a warning, more than 20 an error, more than 100 fatal."""
    return DemoCheck(
        table, check_type, column, params, warning={"max_count": 0}, error={"max_count": 20}, fatal={"max_count": 100}
    )


def share(table: str, check_type: str, column: str, **params: object) -> DemoCheck:
    """Judged by the percentage of rows that are wrong: any is a warning, more than 0.5 % an error, 5 % fatal."""
    return DemoCheck(
        table,
        check_type,
        column,
        params,
        warning={"max_percent": 0.0},
        error={"max_percent": 0.5},
        fatal={"max_percent": 5.0},
    )


def good_share(table: str, check_type: str, column: str, **params: object) -> DemoCheck:
    """Judged by the percentage of rows that are right: below 100 % is a warning, 99.9 % an error, 95 % fatal."""
    return DemoCheck(
        table,
        check_type,
        column,
        params,
        warning={"min_percent": 100.0},
        error={"min_percent": 99.9},
        fatal={"min_percent": 95.0},
    )


CUSTOMERS = (
    DemoCheck("customers", "row_count", error={"min_count": 9000}),
    DemoCheck("customers", "column_count", error={"expected_value": 16}),
    DemoCheck("customers", "column_exists", "email"),
    share("customers", "nulls_percent", "email"),
    DemoCheck("customers", "empty_column_found", "fax"),
    count("customers", "invalid_email_format_found", "email"),
    count("customers", "invalid_uuid_format_found", "account_uuid"),
    count("customers", "invalid_usa_phone_format_found", "phone"),
    count("customers", "invalid_usa_zipcode_format_found", "zip_code"),
    count("customers", "text_surrounded_by_whitespace_found", "full_name"),
    count("customers", "whitespace_text_found", "full_name"),
    count("customers", "empty_text_found", "city"),
    count("customers", "null_placeholder_text_found", "city"),
    share("customers", "contains_email_percent", "full_name"),
    good_share("customers", "text_valid_country_code_percent", "country_code"),
    good_share("customers", "text_found_in_set_percent", "loyalty_tier", expected_values=["bronze", "silver", "gold"]),
    good_share("customers", "text_parsable_to_integer_percent", "zip_code"),
    share("customers", "date_values_in_future_percent", "birth_date"),
    good_share("customers", "date_in_range_percent", "birth_date", min_date="1900-01-01", max_date="2100-01-01"),
    count("customers", "invalid_latitude", "latitude"),
    good_share("customers", "valid_longitude_percent", "longitude"),
    DemoCheck("customers", "true_percent", "newsletter", error={"min_percent": 50.0, "max_percent": 100.0}),
    count("customers", "duplicate_count", "customer_id"),
    DemoCheck("customers", "duplicate_record_count", params={"columns": ["customer_id"]}, error={"max_count": 0}),
    DemoCheck("customers", "text_max_length", "full_name", error={"to": 60}),
    DemoCheck("customers", "detected_datatype_in_text", "email", error={"expected_datatype": "texts"}),
)

ORDERS = (
    DemoCheck("orders", "row_count", error={"min_count": 50_000}),
    DemoCheck(
        "orders", "row_count", daily_partitions_by="order_date", warning={"min_count": 800}, error={"min_count": 500}
    ),
    DemoCheck(
        "orders",
        "data_freshness",
        params={"event_timestamp_column": "ordered_at"},
        warning={"max_days": 2.0},
        error={"max_days": 3.0},
    ),
    count("orders", "duplicate_count", "order_id"),
    count("orders", "negative_values", "amount"),
    DemoCheck("orders", "negative_values", "amount", error={"max_count": 20}, group_by=("is_gift",)),
    DemoCheck("orders", "mean_in_range", "amount", warning={"from": 100.0, "to": 150.0}),
    DemoCheck("orders", "sum_in_range", "amount", warning={"from": 0.0}),
    DemoCheck("orders", "sample_stddev_in_range", "amount", warning={"to": 100.0}),
    good_share("orders", "number_in_range_percent", "item_count", min_value=1, max_value=8),
    count("orders", "number_above_max_value", "discount_percent", max_value=100),
    good_share("orders", "text_valid_currency_code_percent", "currency"),
    good_share(
        *("orders", "text_found_in_set_percent", "status"),
        expected_values=["placed", "shipped", "delivered", "cancelled"],
    ),
    DemoCheck(
        *("orders", "expected_text_values_in_use_count", "status"),
        {"expected_values": ["placed", "shipped", "delivered", "cancelled", "returned"]},
        warning={"max_missing": 0},
    ),
    count(
        "orders", "lookup_key_not_found", "customer_id", foreign_table="shop.customers", foreign_column="customer_id"
    ),
    share("orders", "date_values_in_future_percent", "shipped_on"),
    count("orders", "text_length_above_max_length", "coupon_code", max_length=12),
    count("orders", "text_length_below_min_length", "note", min_length=5),
    DemoCheck(
        *("orders", "sql_condition_failed_on_table", ""),
        {"sql_condition": "status <> 'placed' OR shipped_on IS NULL"},
        error={"max_count": 0},
    ),
)

PAYMENTS = (
    DemoCheck("payments", "row_count", error={"min_count": 50_000}),
    share("payments", "nulls_percent", "method"),
    count("payments", "duplicate_count", "payment_id"),
    count("payments", "text_not_matching_regex_found", "reference", regex="^PAY-[0-9]{7}$"),
    count("payments", "lookup_key_not_found", "order_id", foreign_table="shop.orders", foreign_column="order_id"),
    DemoCheck(
        *("payments", "total_sum_match_percent", "amount"),
        {"referenced_table": "shop.orders", "referenced_column": "amount"},
        warning={"max_diff_percent": 1.0},
        error={"max_diff_percent": 10.0},
    ),
)

EVENTS = (
    DemoCheck("events", "row_count", error={"min_count": 50_000}),
    DemoCheck("events", "data_freshness", params={"event_timestamp_column": "occurred_at"}),
    count("events", "duplicate_count", "event_id"),
    count("events", "nulls_count", "event_type"),
    count("events", "invalid_ip4_address_format_found", "ip_address"),
    count("events", "invalid_uuid_format_found", "session_id"),
    count("events", "negative_values", "duration_ms"),
    count("events", "text_length_above_max_length", "user_agent", max_length=200),
    DemoCheck("events", "median_in_range", "duration_ms", warning={"from": 1000.0, "to": 3000.0}),
)

ON_POSTGRESQL = CUSTOMERS + ORDERS + PAYMENTS + EVENTS


def on_parquet() -> Iterator[DemoCheck]:
    """The checks of the events and payments that need no other table, as the Parquet files are checked."""
    elsewhere = ("lookup_key_not_found", "total_sum_match_percent")
    return (check for check in (*PAYMENTS, *EVENTS) if check.check_type not in elsewhere)

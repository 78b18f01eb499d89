"""A table of twelve columns, thirty checks of it, and the SELECT that an expert would write for the same numbers."""

from __future__ import annotations

import re
from collections.abc import Mapping

from dq_platform.checks.sensors.codes import COUNTRY_CODES
from dq_platform.checks.sensors.patterns import PATTERNS

ROWS = 5_000_000

TABLE = f"""
CREATE TABLE sales AS
SELECT
  n AS id,
  (random() * 20000)::int AS sku,
  (ARRAY['new', 'paid', 'sent', 'back'])[1 + (random() * 3)::int] AS status,
  CASE WHEN random() < 0.02 THEN NULL ELSE 'user' || (n % 50000) || '@example.com' END AS email,
  (ARRAY['DE', 'FR', 'US', 'SE', 'XX'])[1 + (random() * 4)::int] AS country,
  (random() * 500)::numeric(10, 2) AS amount,
  (random() * 10)::int AS quantity,
  random() < 0.3 AS gift,
  TIMESTAMPTZ '2025-01-01' + n * interval '20 seconds' AS sold_at,
  DATE '2025-01-01' + (n % 365) AS sold_on,
  md5(n::text) AS code,
  CASE WHEN random() < 0.6 THEN NULL ELSE repeat('x', (random() * 60)::int) END AS note
FROM generate_series(1, {ROWS}) AS n;
ANALYZE sales;
"""

DUCKDB_TABLE = f"""
CREATE TABLE sales AS
SELECT
  n AS id,
  (random() * 20000)::INT AS sku,
  (['new', 'paid', 'sent', 'back'])[1 + (random() * 3)::INT] AS status,
  CASE WHEN random() < 0.02 THEN NULL ELSE 'user' || (n % 50000) || '@example.com' END AS email,
  (['DE', 'FR', 'US', 'SE', 'XX'])[1 + (random() * 4)::INT] AS country,
  (random() * 500)::DECIMAL(10, 2) AS amount,
  (random() * 10)::INT AS quantity,
  random() < 0.3 AS gift,
  TIMESTAMPTZ '2025-01-01' + to_seconds(n * 20) AS sold_at,
  DATE '2025-01-01' + (n % 365)::INT AS sold_on,
  md5(n::VARCHAR) AS code,
  CASE WHEN random() < 0.6 THEN NULL ELSE repeat('x', (random() * 60)::INT) END AS note
FROM range(1, {ROWS} + 1) AS t(n)
"""

CHECKS: tuple[tuple[str, str, Mapping[str, object]], ...] = (
    ("", "row_count", {}),
    ("", "data_freshness", {"event_timestamp_column": "sold_at"}),
    ("id", "nulls_count", {}),
    ("id", "duplicate_count", {}),
    ("sku", "distinct_count", {}),
    ("sku", "nulls_percent", {}),
    ("status", "nulls_percent", {}),
    ("status", "distinct_count", {}),
    ("status", "text_found_in_set_percent", {"expected_values": ["new", "paid", "sent", "back"]}),
    ("status", "text_max_length", {}),
    ("email", "nulls_count", {}),
    ("email", "nulls_percent", {}),
    ("email", "invalid_email_format_found", {}),
    ("email", "text_max_length", {}),
    ("country", "text_valid_country_code_percent", {}),
    ("country", "distinct_count", {}),
    ("amount", "min_in_range", {}),
    ("amount", "max_in_range", {}),
    ("amount", "mean_in_range", {}),
    ("amount", "sum_in_range", {}),
    ("amount", "sample_stddev_in_range", {}),
    ("amount", "negative_values", {}),
    ("amount", "number_in_range_percent", {"min_value": 0, "max_value": 500}),
    ("quantity", "number_above_max_value", {"max_value": 10}),
    ("quantity", "nulls_percent", {}),
    ("gift", "true_percent", {}),
    ("sold_on", "date_in_range_percent", {"min_date": "2025-01-01", "max_date": "2026-12-31"}),
    ("code", "text_not_matching_regex_found", {"regex": "^[0-9a-f]{32}$"}),
    ("note", "text_length_above_max_length", {"max_length": 50}),
    ("note", "text_mean_length", {}),
)

# What check types without a default threshold are judged by.
LIMITS: Mapping[str, Mapping[str, object]] = {
    "distinct_count": {"min_count": 1},
    "text_max_length": {"to": 100},
    "text_mean_length": {"to": 100.0},
    "min_in_range": {"from": 0.0},
    "max_in_range": {"to": 500.0},
    "mean_in_range": {"from": 0.0},
    "sum_in_range": {"from": 0.0},
    "sample_stddev_in_range": {"from": 0.0},
}

# The same rules as ours, or the two would not do the same work.
_EMAIL = PATTERNS["email"].replace("'", "''")
_COUNTRIES = ", ".join(f"'{code}'" for code in COUNTRY_CODES)

# One column for each of CHECKS, in their order.
HAND_WRITTEN = f"""
SELECT
  count(*), extract(epoch FROM now() - max(sold_at)) / 86400,
  count(*) - count(id), count(id) - count(DISTINCT id),
  count(DISTINCT sku), 100.0 * (count(*) - count(sku)) / count(*),
  100.0 * (count(*) - count(status)) / count(*), count(DISTINCT status),
  100.0 * count(*) FILTER (WHERE status IN ('new', 'paid', 'sent', 'back')) / count(status), max(length(status)),
  count(*) - count(email), 100.0 * (count(*) - count(email)) / count(*),
  count(*) FILTER (WHERE email !~ '{_EMAIL}'), max(length(email)),
  100.0 * count(*) FILTER (WHERE upper(country) IN ({_COUNTRIES})) / count(country),
  count(DISTINCT country),
  min(amount), max(amount), avg(amount), sum(amount), stddev_samp(amount), count(*) FILTER (WHERE amount < 0),
  100.0 * count(*) FILTER (WHERE amount BETWEEN 0 AND 500) / count(amount),
  count(*) FILTER (WHERE quantity > 10), 100.0 * (count(*) - count(quantity)) / count(*),
  100.0 * count(*) FILTER (WHERE gift) / count(gift),
  100.0 * count(*) FILTER (WHERE sold_on BETWEEN '2025-01-01' AND '2026-12-31') / count(sold_on),
  count(*) FILTER (WHERE code !~ '^[0-9a-f]{{32}}$'),
  count(*) FILTER (WHERE length(note) > 50), avg(length(note))
FROM sales
"""

DUCKDB_HAND_WRITTEN = re.sub(r"(\w+) !~ ('(?:[^']|'')*')", r"NOT regexp_matches(\1, \2)", HAND_WRITTEN)

"""The faults planted in the sample shop, as data: what is wrong where, how often, and the SQL that counts it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from local.sample import volume
from local.sample.table import NULL, Value

UUID: Final = "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"
EMAIL: Final = "^[a-z0-9._-]+@[a-z0-9.-]+[.][a-z]{2,4}$"
OCTET: Final = "(25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])"
COUNTRIES: Final = ("US", "CA", "GB", "DE", "FR", "ES", "IT", "NL", "PL", "SE")
CURRENCIES: Final = ("USD", "EUR", "GBP", "CAD", "SEK", "PLN")
STATUSES: Final = ("placed", "shipped", "delivered", "cancelled")
TIERS: Final = ("bronze", "silver", "gold")
FUTURE: Final = "{future}"


@dataclass(frozen=True, slots=True)
class Fault:
    """One kind of fault.

    `count` is what `query` returns: the rows concerned, unless `what` says otherwise. `column` is "" for faults of a
    whole table. `values` are the wrong values, planted in turn; faults without values are made by other means.
    """

    table: str
    column: str
    what: str
    count: int
    measure: str
    values: tuple[Value, ...] = ()

    def query(self, today: date) -> str:
        """Return the SQL that counts the fault, for PostgreSQL and DuckDB, with bare table names."""
        return self.measure.format(today=f"DATE '{today.isoformat()}'")


def _rows(table: str, column: str, what: str, count: int, condition: str, values: Sequence[Value] = ()) -> Fault:
    return Fault(table, column, what, count, f"SELECT count(*) FROM {table} WHERE {condition}", tuple(values))


def _repeats(table: str, key: str, what: str, count: int) -> Fault:
    return Fault(table, key, what, count, f"SELECT count(*) - count(DISTINCT {key}) FROM {table}")


def _braces(pattern: str) -> str:
    return pattern.replace("{", "{{").replace("}", "}}")


def _among(values: Sequence[str]) -> str:
    return ", ".join(f"'{value}'" for value in values)


CUSTOMERS: Final = (
    _rows("customers", "email", "missing", 120, "email IS NULL", [NULL]),
    _rows(
        *("customers", "email", "malformed e-mail address", 45, f"email !~ '{_braces(EMAIL)}'"),
        ["ada.lovelace.example.com", "grace@", "@example.com", "alan turing@example.com", "edsger@example"],
    ),
    _rows(
        *("customers", "account_uuid", "malformed UUID", 15, f"account_uuid !~ '{_braces(UUID)}'"),
        ["not-a-uuid", "1234-5678", "zzzzzzzz-0000-4000-8000-000000000000"],
    ),
    _rows(
        *("customers", "full_name", "text padded with whitespace", 60),
        *(
            "full_name <> trim(full_name) AND trim(full_name) <> ''",
            ["  Ada Byron", "Grace Murray  ", " Alan Mathison "],
        ),
    ),
    _rows("customers", "full_name", "text of whitespace only", 12, "full_name <> '' AND trim(full_name) = ''", ["   "]),
    _rows("customers", "city", "empty text", 10, "city = ''", [""]),
    _rows(
        *("customers", "city", "placeholder instead of NULL", 80, "lower(city) IN ('n/a', 'none', 'null', 'missing')"),
        ["N/A", "none", "null", "Missing"],
    ),
    _rows(
        *("customers", "phone", "malformed phone number of the USA", 35),
        *("phone !~ '^[2-9][0-9][0-9]-[0-9][0-9][0-9]-[0-9][0-9][0-9][0-9]$'", ["555-01", "call me", "12", "no phone"]),
    ),
    _rows(
        *("customers", "zip_code", "malformed zip code of the USA", 30, "zip_code !~ '^[0-9][0-9][0-9][0-9][0-9]$'"),
        ["9021", "ABCDE", "1234567", "10-001"],
    ),
    _rows(
        *("customers", "country_code", "unknown country code", 20, f"country_code NOT IN ({_among(COUNTRIES)})"),
        ["XX", "ZZ", "QX"],
    ),
    _rows("customers", "birth_date", "date in the future", 9, "birth_date > {today}", [FUTURE]),
    _rows(
        *("customers", "latitude", "latitude outside -90 to 90", 18, "latitude NOT BETWEEN -90 AND 90"),
        [91.5, -120.25, 412.0],
    ),
    _rows(
        *("customers", "longitude", "longitude outside -180 to 180", 7, "longitude NOT BETWEEN -180 AND 180"),
        [181.0, -999.0],
    ),
    _rows(
        *("customers", "loyalty_tier", "value outside the set", 14, f"loyalty_tier NOT IN ({_among(TIERS)})"),
        ["platinium", "glod"],
    ),
    _rows("customers", "newsletter", "skewed: this few are false", 90, "NOT newsletter", ["false"]),
    _rows("customers", "fax", "empty column: missing in every row", volume.ROWS["customers"], "fax IS NULL"),
    _repeats("customers", "customer_id", "customer loaded twice", volume.REPEATED_CUSTOMERS),
)

ORDERS: Final = (
    _repeats("orders", "order_id", "order loaded twice", volume.REPEATED_ORDERS),
    _rows("orders", "amount", "negative amount", 45, "amount < 0", ["-12.50", "-0.01", "-199.00"]),
    _rows(
        *("orders", "currency", "unknown currency code", 35, f"currency NOT IN ({_among(CURRENCIES)})"),
        ["XXZ", "EURO", "BIT"],
    ),
    _rows(
        *("orders", "customer_id", "customer that does not exist", 50),
        "NOT EXISTS (SELECT 1 FROM customers WHERE customers.customer_id = orders.customer_id)",
        [900_001, 900_002, 900_003],
    ),
    _rows("orders", "shipped_on", "date in the future", 25, "shipped_on > {today}", [FUTURE]),
    _rows(
        *("orders", "status", "value outside the set", 16, f"status NOT IN ({_among(STATUSES)})"), ["Shiped", "unknown"]
    ),
    _rows(
        *("orders", "coupon_code", "text longer than 12", 22, "length(coupon_code) > 12"),
        ["WELCOME-WELCOME-10", "SPRING-AND-SUMMER-SALE"],
    ),
    _rows("orders", "note", "text shorter than 5", 18, "length(note) < 5", ["ok", "?", "tbd"]),
    _rows(
        *("orders", "discount_percent", "percentage above 100", 11, "discount_percent > 100"),
        [150, 1_000],
    ),
    Fault(
        *("orders", "", "one day with far fewer orders: this many, others have 900 or more", volume.LOW_DAY_ORDERS),
        f"SELECT count(DISTINCT order_id) FROM orders WHERE order_date = {{today}} - {volume.DAYS - volume.LOW_DAY}",
    ),
)

PAYMENTS: Final = (
    _rows(
        *("payments", "order_id", "order that does not exist", 40),
        "NOT EXISTS (SELECT 1 FROM orders WHERE orders.order_id = payments.order_id)",
        [9_000_001, 9_000_002, 9_000_003],
    ),
    Fault(
        *("payments", "amount", "amount other than that of the order", 30),
        "SELECT count(*) FROM payments JOIN (SELECT DISTINCT order_id, amount FROM orders) AS o USING (order_id)"
        " WHERE payments.amount <> o.amount",
        ("0.01", "99999.99"),
    ),
    _rows("payments", "method", "missing", 33, "method IS NULL", [NULL]),
    _rows(
        *("payments", "reference", "reference not like PAY-0000000", 26),
        *("reference !~ '^PAY-[0-9][0-9][0-9][0-9][0-9][0-9][0-9]$'", ["PAY", "pay-12", "0000017"]),
    ),
    _repeats("payments", "payment_id", "one whole day loaded twice", volume.REPEATED_PAYMENTS),
)

EVENTS: Final = (
    Fault(
        *("events", "", "stale: days without events before today", volume.DAYS - volume.EVENT_DAYS),
        "SELECT {today} - 1 - max(event_date) FROM events",
    ),
    _repeats("events", "event_id", "event delivered twice", volume.REPEATED_EVENTS),
    _rows(
        *("events", "ip_address", "malformed IPv4 address", 55, f"ip_address !~ '^({OCTET}[.]){{{{3}}}}{OCTET}$'"),
        ["256.1.1.1", "10.0.0", "localhost", "1.2.3.4.5"],
    ),
    _rows(
        *("events", "session_id", "malformed UUID", 25, f"session_id !~ '{_braces(UUID)}'"),
        ["0", "session", "deadbeef"],
    ),
    _rows("events", "event_type", "missing", 65, "event_type IS NULL", [NULL]),
    _rows("events", "duration_ms", "negative duration", 27, "duration_ms < 0", [-1, -250]),
    _rows(
        *("events", "user_agent", "text longer than 200", 13, "length(user_agent) > 200"),
        ["Mozilla/5.0 " + "(compatible; overlong) " * 12],
    ),
)

FAULTS: Final = CUSTOMERS + ORDERS + PAYMENTS + EVENTS

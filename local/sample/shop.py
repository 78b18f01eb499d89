"""Makes the sample shop: clean rows first, the faults after, from a seed and a date alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from uuid import UUID

from local.sample import volume
from local.sample.faults import COUNTRIES, CURRENCIES, FAULTS, FUTURE, TIERS, Fault
from local.sample.table import NULL, Table, Value

GIVEN_NAMES = ("Ada", "Zoë", "José", "Łukasz", "Mei", "Noor", "Olga", "Søren", "Tomás", "Wendy", "Yusuf", "Ingrid")
FAMILY_NAMES = ("Nguyen", "García", "Müller", "Okafor", "Smith", "Kowalski", "Rossi", "Tanaka", "O'Brien", "Lindqvist")
CITIES = {
    "New York": (40.71, -74.01),
    "San Francisco": (37.77, -122.42),
    "São Paulo": (-23.55, -46.63),
    "München": (48.14, 11.58),
    "Kraków": (50.06, 19.94),
    "Toronto": (43.65, -79.38),
    "London": (51.51, -0.13),
}
NOTES = ("leave at the door", "gift wrap, please", "ring twice", "call before delivery")
COUPONS = ("WELCOME10", "SPRING5", "FREESHIP")
METHODS = ("card", "paypal", "transfer", "voucher")
EVENT_TYPES = ("view", "search", "add_to_cart", "checkout", "login")
PAGES = ("/", "/search", "/cart", "/checkout", "/p/1017", "/p/2044", "/help")
AGENTS = (
    "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 14_5) Safari/617.1",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/138.0",
)
# Rows arrive a quarter of an hour after what they tell of; nothing happens in the last half hour of a day.
MINUTES = tuple((f"{m // 60:02}:{m % 60:02}:", f"{(m + 15) // 60:02}:{(m + 15) % 60:02}:") for m in range(1410))
SECONDS = tuple(f"{second:02}+00" for second in range(60))


@dataclass(frozen=True, slots=True)
class Shop:
    """The four tables and the day they were made for: they cover the 60 whole days before it, in UTC."""

    today: date
    customers: Table
    orders: Table
    payments: Table
    events: Table

    @property
    def tables(self) -> tuple[Table, ...]:
        return (self.customers, self.orders, self.payments, self.events)


def make_shop(today: date, seed: int = 1) -> Shop:
    """Return the shop for `today`; the same date and seed give the same rows, other ones the same counts."""
    random = Random(seed)
    days = [(today - timedelta(days=volume.DAYS - day)).isoformat() for day in range(volume.DAYS)]
    orders = _orders(random, days)
    shop = Shop(today, _customers(random, today), orders, _payments(orders), _events(random, days))
    _plant_all(random, shop)
    return shop


def _customers(random: Random, today: date) -> Table:
    count = volume.CUSTOMERS
    numbers: list[Value] = list(range(1, count + 1))
    countries = random.choices(COUNTRIES, weights=[12] + [1] * (len(COUNTRIES) - 1), k=count)
    cities = random.choices(tuple(CITIES), k=count)
    names = zip(random.choices(GIVEN_NAMES, k=count), random.choices(FAMILY_NAMES, k=count), strict=True)
    births = [(today - timedelta(days=age)).isoformat() for age in random.choices(range(18 * 365, 80 * 365), k=count)]
    signups = [(today - timedelta(days=age)).isoformat() for age in random.choices(range(61, 1500), k=count)]
    at, loaded = _moments(random, signups)
    columns: dict[str, tuple[str, list[Value]]] = {
        "customer_id": ("integer", numbers),
        "account_uuid": ("text", _uuids(random, count)),
        "email": ("text", [f"shopper{number}@mail{number % 7}.example.com" for number in numbers]),
        "full_name": ("text", [f"{given} {family}" for given, family in names]),
        "phone": (
            "text",
            _only_usa(countries, lambda: f"{random.randint(200, 989)}-555-{random.randint(100, 199):04}"),
        ),
        "country_code": ("text", [*countries]),
        "zip_code": ("text", _only_usa(countries, lambda: f"{random.randint(501, 99950):05}")),
        "city": ("text", [*cities]),
        "latitude": ("double precision", [CITIES[city][0] for city in cities]),
        "longitude": ("double precision", [CITIES[city][1] for city in cities]),
        "birth_date": ("date", [*births]),
        "loyalty_tier": ("text", [*random.choices(TIERS, weights=(6, 3, 1), k=count)]),
        "newsletter": ("boolean", ["true"] * count),
        "fax": ("text", [NULL] * count),
        "signup_at": ("timestamp with time zone", at),
        "loaded_at": ("timestamp with time zone", loaded),
    }
    return _table("customers", columns)


def _orders(random: Random, days: list[str]) -> Table:
    dates = [days[day] for day, numbers in enumerate(volume.ORDER_NUMBERS) for _ in numbers]
    numbers = range(1, volume.ORDERS + 1)
    count = len(numbers)
    at, loaded = _moments(random, dates)
    states = random.choices(("placed", "shipped", "delivered"), weights=(1, 3, 6), k=count)
    columns: dict[str, tuple[str, list[Value]]] = {
        "order_id": ("bigint", [*numbers]),
        "customer_id": ("integer", [*random.choices(range(1, volume.CUSTOMERS + 1), k=count)]),
        "order_date": ("date", [*dates]),
        "ordered_at": ("timestamp with time zone", at),
        "status": ("text", ["cancelled" if volume.is_cancelled(n) else states[n - 1] for n in numbers]),
        "currency": ("text", [*random.choices(CURRENCIES, weights=(9, 6, 2, 1, 1, 1), k=count)]),
        "amount": ("numeric(12,2)", [f"{cents / 100:.2f}" for cents in random.choices(range(500, 25_000), k=count)]),
        "item_count": ("integer", [*random.choices(range(1, 9), k=count)]),
        "discount_percent": ("integer", [*random.choices((0, 5, 10, 25), weights=(8, 1, 1, 1), k=count)]),
        "coupon_code": ("text", [*random.choices((NULL, *COUPONS), weights=(7, 1, 1, 1), k=count)]),
        "is_gift": ("boolean", [*random.choices(("false", "true"), weights=(9, 1), k=count)]),
        "shipped_on": ("date", [NULL if state == "placed" else day for state, day in zip(states, dates, strict=True)]),
        "note": ("text", [*random.choices((NULL, *NOTES), weights=(12, 1, 1, 1, 1), k=count)]),
        "loaded_at": ("timestamp with time zone", loaded),
    }
    return _table("orders", columns)


def _payments(orders: Table) -> Table:
    """One payment for every order that was not cancelled, at once and in full."""
    paid = [number - 1 for number in range(1, volume.ORDERS + 1) if not volume.is_cancelled(number)]

    def of_order(column: str) -> list[Value]:
        values = orders.columns[column]
        return [values[row] for row in paid]

    columns: dict[str, tuple[str, list[Value]]] = {
        "payment_id": ("bigint", [*range(1, len(paid) + 1)]),
        "order_id": ("bigint", of_order("order_id")),
        "payment_date": ("date", of_order("order_date")),
        "paid_at": ("timestamp with time zone", of_order("ordered_at")),
        "method": ("text", [METHODS[row % len(METHODS)] for row in paid]),
        "amount": ("numeric(12,2)", of_order("amount")),
        "currency": ("text", of_order("currency")),
        "reference": ("text", [f"PAY-{row:07}" for row in paid]),
        "loaded_at": ("timestamp with time zone", of_order("loaded_at")),
    }
    return _table("payments", columns)


def _events(random: Random, days: list[str]) -> Table:
    dates = [day for day in days[: volume.EVENT_DAYS] for _ in range(volume.EVENTS_PER_DAY)]
    count = len(dates)
    at, loaded = _moments(random, dates)
    sessions = _uuids(random, count // 5)
    octets = [random.choices(range(1, 255), k=count) for _ in range(3)]
    columns: dict[str, tuple[str, list[Value]]] = {
        "event_id": ("text", _uuids(random, count)),
        "customer_id": ("integer", [*random.choices(range(1, volume.CUSTOMERS + 1), k=count)]),
        "session_id": ("text", random.choices(sessions, k=count)),
        "event_date": ("date", [*dates]),
        "occurred_at": ("timestamp with time zone", at),
        "event_type": ("text", [*random.choices(EVENT_TYPES, weights=(10, 4, 3, 1, 2), k=count)]),
        "page_url": ("text", [*random.choices(PAGES, k=count)]),
        "ip_address": ("text", [f"10.{a}.{b}.{c}" for a, b, c in zip(*octets, strict=True)]),
        "user_agent": ("text", [*random.choices(AGENTS, k=count)]),
        "duration_ms": ("integer", [*random.choices(range(20, 4_000), k=count)]),
        "succeeded": ("boolean", [*random.choices(("true", "false"), weights=(97, 3), k=count)]),
        "loaded_at": ("timestamp with time zone", loaded),
    }
    return _table("events", columns)


def _table(name: str, columns: dict[str, tuple[str, list[Value]]]) -> Table:
    types = {column: type_ for column, (type_, _) in columns.items()}
    return Table(name, types, {column: values for column, (_, values) in columns.items()})


def _moments(random: Random, dates: list[str]) -> tuple[list[Value], list[Value]]:
    """Return a moment on each date, and the one at which its row was loaded."""
    minutes = random.choices(MINUTES, k=len(dates))
    seconds = random.choices(SECONDS, k=len(dates))
    parts = list(zip(dates, minutes, seconds, strict=True))
    return [f"{day} {m[0]}{s}" for day, m, s in parts], [f"{day} {m[1]}{s}" for day, m, s in parts]


def _uuids(random: Random, count: int) -> list[Value]:
    return [str(UUID(int=random.getrandbits(128), version=4)) for _ in range(count)]


def _only_usa(countries: list[str], make: Callable[[], str]) -> list[Value]:
    return [make() if country == "US" else NULL for country in countries]


def _plant_all(random: Random, shop: Shop) -> None:
    """Plant every fault in rows of its own, then repeat rows that have no fault."""
    for table, repeated in (
        (shop.customers, volume.REPEATED_CUSTOMERS),
        (shop.orders, volume.REPEATED_ORDERS),
        (shop.payments, 0),
        (shop.events, volume.REPEATED_EVENTS),
    ):
        rows = _spare_rows(random, shop, table)
        for fault in FAULTS:
            if fault.table == table.name and fault.values:
                _plant(shop, table, fault, rows)
        table.repeat([next(rows) for _ in range(repeated)])
    shop.payments.repeat(_repeated_payments(shop))


def _plant(shop: Shop, table: Table, fault: Fault, rows: Iterator[int]) -> None:
    values = [_later(shop.today, 30 + 17 * step) for step in range(9)] if fault.values == (FUTURE,) else fault.values
    chosen = [next(rows) for _ in range(fault.count)]
    table.plant(fault.column, chosen, values)


def _later(today: date, days: int) -> str:
    return (today + timedelta(days=days)).isoformat()


def _spare_rows(random: Random, shop: Shop, table: Table) -> Iterator[int]:
    """Every row that may take a fault, once, in random order.

    Orders take them where they are cancelled: no payment depends on those. Payments of the repeated day take none.
    """
    rows: Iterable[int] = range(len(table))
    if table is shop.orders:
        rows = [number - 1 for number in range(1, volume.ORDERS + 1) if volume.is_cancelled(number)]
    if table is shop.payments:
        repeated = set(_repeated_payments(shop))
        rows = [row for row in rows if row not in repeated]
    shuffled = list(rows)
    random.shuffle(shuffled)
    return iter(shuffled)


def _repeated_payments(shop: Shop) -> list[int]:
    day = _later(shop.today, volume.REPEATED_PAYMENT_DAY - volume.DAYS)
    return [row for row, date_ in enumerate(shop.payments.columns["payment_date"]) if date_ == day]

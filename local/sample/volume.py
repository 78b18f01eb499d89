"""How much of everything the shop has. The numbers depend on no date and no seed, so that faults can be counted."""

from __future__ import annotations

from itertools import accumulate, pairwise
from typing import Final

DAYS: Final = 60
CUSTOMERS: Final = 9_000
ORDERS_BY_DAY_OF_WEEK: Final = (900, 950, 1_000, 1_050, 1_100, 1_060, 980)
EVENTS_PER_DAY: Final = 1_300
# An order whose number is a multiple of this is cancelled and never paid.
CANCELLED_EVERY: Final = 20

LOW_DAY: Final = 49
LOW_DAY_ORDERS: Final = 110
REPEATED_PAYMENT_DAY: Final = 40
EVENT_DAYS: Final = DAYS - 3

REPEATED_CUSTOMERS: Final = 40
REPEATED_ORDERS: Final = 60
REPEATED_EVENTS: Final = 50


def _orders_on(day: int) -> int:
    return LOW_DAY_ORDERS if day == LOW_DAY else ORDERS_BY_DAY_OF_WEEK[day % len(ORDERS_BY_DAY_OF_WEEK)]


# The order numbers of each day: they count from 1 without a gap.
ORDER_NUMBERS: Final = tuple(
    range(first + 1, last + 1) for first, last in pairwise(accumulate(map(_orders_on, range(DAYS)), initial=0))
)
ORDERS: Final = ORDER_NUMBERS[-1][-1]
EVENTS: Final = EVENT_DAYS * EVENTS_PER_DAY


def is_cancelled(order_number: int) -> bool:
    return order_number % CANCELLED_EVERY == 0


PAYMENTS: Final = ORDERS - ORDERS // CANCELLED_EVERY
REPEATED_PAYMENTS: Final = sum(not is_cancelled(number) for number in ORDER_NUMBERS[REPEATED_PAYMENT_DAY])

# Rows per table, planted duplicates included.
ROWS: Final = {
    "customers": CUSTOMERS + REPEATED_CUSTOMERS,
    "orders": ORDERS + REPEATED_ORDERS,
    "payments": PAYMENTS + REPEATED_PAYMENTS,
    "events": EVENTS + REPEATED_EVENTS,
}

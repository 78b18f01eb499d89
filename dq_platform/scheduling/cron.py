"""When a cron expression fires, on the clock of a time zone.

Five fields: minute, hour, day of month, month, day of week. An expression with a plain `*` as its hour follows real
time and fires in both halves of a repeated hour. Every other one names times of the day: it fires once in a repeated
hour, the first time, and what falls into a skipped hour fires when that hour ends.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError
from cronsim.cronsim import Field

from dq_platform.errors import Invalid, Violation
from dq_platform.scheduling.zones import zone_violation

FIELDS = (
    (Field.MINUTE, "minute", "0-59"),
    (Field.HOUR, "hour", "0-23"),
    (Field.DAY, "day of month", "1-31, L or LW"),
    (Field.MONTH, "month", "1-12 or JAN-DEC"),
    (Field.DOW, "day of week", "0-7 or SUN-SAT"),
)
MAX_LENGTH = 200
REFERENCE = datetime(2000, 1, 1, tzinfo=UTC)
"""Where the search for the first run begins when only its existence is asked for."""


def validate(cron: str, time_zone: str, *, path: str = "schedule") -> list[Violation]:
    """Everything that is wrong with a schedule's time; empty if it will fire. `path` is where the two fields stand."""
    zone = zone_violation(time_zone, f"{path}.time_zone")
    return [*_cron_violations(cron, f"{path}.cron"), *([zone] if zone else [])]


def moments(cron: str, time_zone: str, after: datetime) -> Iterator[datetime]:
    """The moments later than `after` at which the expression fires, ascending and distinct, in UTC.

    They end after some decades at the latest. Raises Invalid, with the first, if the expression never fires.
    """
    violations = validate(cron, time_zone)
    if violations:
        raise Invalid(violations)
    last = after.astimezone(UTC)
    for moment in _moments(cron, last.astimezone(ZoneInfo(time_zone))):
        if moment > last:
            yield moment
            last = moment


def _moments(cron: str, start: datetime) -> Iterator[datetime]:
    """Moments in UTC; one before `start`, or one twice, may be among them around a change of the clocks."""
    for moment in CronSim(_by_the_clock(cron), start):
        yield moment.astimezone(UTC)


def _by_the_clock(cron: str) -> str:
    """The expression with steps of `*` spelled as ranges, unless the hour is a plain `*`.

    The library takes a minute or hour that begins with a star for real time, which would lose `*/15 2` in a skipped
    hour and fire it twice as often in a repeated one.
    """
    minute, hour, *days = cron.split()
    if hour in ("*", "*/1"):
        return cron
    return " ".join([_as_range(minute, "0-59"), _as_range(hour, "0-23"), *days])


def _as_range(field: str, full: str) -> str:
    return ",".join(full + term[1:] if term.startswith("*") else term for term in field.split(","))


def _cron_violations(cron: str, field: str) -> list[Violation]:
    if len(cron) > MAX_LENGTH:
        return [Violation(field, f"longer than {MAX_LENGTH} characters.", "INVALID_CRON")]
    parts = cron.split()
    if len(parts) != len(FIELDS):
        names = ", ".join(name for _, name, _ in FIELDS)
        text = f"{cron!r} has {len(parts)} fields; five are needed: {names}."
        return [Violation(field, text, "INVALID_CRON")]
    wrong = [
        Violation(field, f"{part!r} is not a {name}; it takes {takes}, lists, ranges and steps.", "INVALID_CRON")
        for part, (kind, name, takes) in zip(parts, FIELDS, strict=True)
        if not _parses(kind, part)
    ]
    if wrong or _fires(cron):
        return wrong
    return [Violation(field, f"{cron!r} never fires: no such day exists.", "CRON_NEVER_FIRES")]


def _parses(kind: Field, part: str) -> bool:
    try:
        kind.parse(part.upper())
    except CronSimError:
        return False
    return True


def _fires(cron: str) -> bool:
    try:
        return next(CronSim(cron, REFERENCE), None) is not None
    except CronSimError:
        return False

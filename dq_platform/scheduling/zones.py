"""IANA time zones, by name."""

from __future__ import annotations

from difflib import get_close_matches
from functools import cache
from zoneinfo import available_timezones

from dq_platform.errors import Violation


def zone_violation(name: str, field: str) -> Violation | None:
    """What is wrong with a time zone's name, with the nearest names that exist; None if it is fine."""
    names = _names()
    if name in names:
        return None
    nearest = _nearest(name)
    hint = f" Did you mean {' or '.join(nearest)}?" if nearest else " Use an IANA name such as Europe/Berlin."
    return Violation(field, f"{name!r} is not a known time zone.{hint}", "UNKNOWN_TIME_ZONE")


def _nearest(name: str) -> list[str]:
    """Up to three names, compared without case, by the whole name and by the city alone."""
    spelled = {zone.casefold(): zone for zone in _names()}
    cities = {zone.casefold().rpartition("/")[2]: zone for zone in sorted(_names(), reverse=True) if "/" in zone}
    wanted = name.casefold().replace(" ", "_")
    city = wanted.rpartition("/")[2]
    near = [spelled[key] for key in get_close_matches(wanted, spelled, n=3, cutoff=0.75)]
    near += [cities[key] for key in get_close_matches(city, cities, n=2, cutoff=0.8)]
    return list(dict.fromkeys(near))[:3]


@cache
def _names() -> frozenset[str]:
    """All zones of the machine's database, without the file names that are no zones."""
    return frozenset(available_timezones() - {"Factory", "localtime", "posixrules"})

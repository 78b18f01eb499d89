"""Regular expressions that sensors look for, in the grammar that all engines share.

No lookaround, no backslash classes and no backslash within brackets, no lazy quantifiers: PostgreSQL's own engine,
POSIX, ICU, PCRE, Java and RE2 read them alike.
A pattern that describes a whole text begins with `^` and ends with END, which each engine says in its own way.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

from dq_platform.connectors.dialect import Dialect, Fragment

END = "$"

_DAY_31 = "(0[1-9]|[12][0-9]|3[01])"
_DAY_30 = "(0[1-9]|[12][0-9]|30)"
_DAY_28 = "(0[1-9]|1[0-9]|2[0-8])"
_MONTH_31 = "(0[13578]|1[02])"
_MONTH_30 = "(0[469]|11)"
_YEAR = "[0-9]{4}"
_LEAP_END = "(0[48]|[2468][048]|[13579][26])"
_LEAP_YEAR = f"([0-9]{{2}}{_LEAP_END}|(00|{_LEAP_END})00)"
_LONG_MONTH_31 = "(January|March|May|July|August|October|December|Jan|Mar|Jul|Aug|Oct|Dec)"
_LONG_MONTH_30 = "(April|June|September|November|Apr|Jun|Sep|Nov)"
_LONG_MONTH_2 = "(February|Feb)"
_TIME = "([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.][0-9]{1,9})?)?"
_ZONE = "( ?(Z|UTC|GMT)| ?[+-](0[0-9]|1[0-4])(:?[0-5][0-9])?)"
_OCTET = "(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
_IP4 = f"({_OCTET}[.]){{3}}{_OCTET}"
_HEX = "[0-9A-Fa-f]{1,4}"
_EMAIL = (
    "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+([.][A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    "@([A-Za-z0-9]+(-+[A-Za-z0-9]+)*[.])+[A-Za-z][A-Za-z]+"
)
_PHONE = "([+]?1[ .-]?|001[ .-]?|[(][+]?1[)] ?)?([(][0-9]{3}[)]|[0-9]{3})[ .-]?[0-9]{3}[ .-]?[0-9]{4}"
_ZIP = "[0-9]{5}(-[0-9]{4})?"


def _ip6(*, nothing: bool) -> str:
    """Eight groups, or fewer around one `::`, the last two also as an IPv4 address; `nothing`: `::` alone too.

    What forms have in common stands there once: PostgreSQL's time for a text grows with the length of the pattern.
    """
    return f"{_HEX}:{_ip6_after(1)}|::({_ip6_end(7)}){'?' if nothing else ''}"


def _ip6_after(groups: int) -> str:
    """What may follow that many groups, each with its colon."""
    if groups == 7:
        return f"({_HEX}|:)"
    address = f"{_IP4}|" if groups == 6 else ""
    return f"({address}{_HEX}:{_ip6_after(groups + 1)}|:({_ip6_end(7 - groups)})?)"


def _ip6_end(most: int) -> str:
    """One to `most` groups, the last two also as an IPv4 address."""
    if most == 1:
        return _HEX
    before = f"({_HEX}:){{0,{most - 2}}}" if most > 2 else ""
    return f"{before}({_IP4}|{_HEX}(:{_HEX})?)"


def _numeric_dates(order: str, mark: str) -> str:
    """Dates that the calendar has, February 29 in leap years only; `order` is a permutation of Y, M and D."""

    def form(year: str, month: str, day: str) -> str:
        return mark.join({"Y": year, "M": month, "D": day}[part] for part in order)

    return "|".join(
        [
            form(_YEAR, _MONTH_31, _DAY_31),
            form(_YEAR, _MONTH_30, _DAY_30),
            form(_YEAR, "02", _DAY_28),
            form(_LEAP_YEAR, "02", "29"),
        ]
    )


def _long_dates() -> str:
    """Dates like `March 1, 2024`; the day may have one digit, the month three letters."""
    day_31, day_30, day_28 = (
        "([1-9]|0[1-9]|[12][0-9]|3[01])",
        "([1-9]|0[1-9]|[12][0-9]|30)",
        "([1-9]|0[1-9]|1[0-9]|2[0-8])",
    )
    return "|".join(
        [
            f"{_LONG_MONTH_31} {day_31}, {_YEAR}",
            f"{_LONG_MONTH_30} {day_30}, {_YEAR}",
            f"{_LONG_MONTH_2} {day_28}, {_YEAR}",
            f"{_LONG_MONTH_2} 29, {_LEAP_YEAR}",
        ]
    )


DATE_FORMATS: Mapping[str, str] = MappingProxyType(
    {
        "YYYY-MM-DD": _numeric_dates("YMD", "-"),
        "YYYY/MM/DD": _numeric_dates("YMD", "/"),
        "MM/DD/YYYY": _numeric_dates("MDY", "/"),
        "DD/MM/YYYY": _numeric_dates("DMY", "/"),
        "DD-MM-YYYY": _numeric_dates("DMY", "-"),
        "DD.MM.YYYY": _numeric_dates("DMY", "[.]"),
        "Month D, YYYY": _long_dates(),
    }
)
"""What each date format accepts: dates that exist."""

_ANY_DATE = "|".join(DATE_FORMATS.values())
_ISO_DATE = DATE_FORMATS["YYYY-MM-DD"]


def _whole(pattern: str) -> str:
    return f"^({pattern}){END}"


def _within(pattern: str, *, part: str) -> str:
    """The pattern anywhere in a text, no character of `part` beside it; a dot after it may end a sentence."""
    return f"(^|[^{part}])({pattern})([^{part}]|[.]([^0-9A-Za-z]|{END})|{END})"


PATTERNS: Mapping[str, str] = MappingProxyType(
    {
        "boolean": _whole("true|false|t|f|yes|no|y|n|1|0"),
        "integer": _whole("[+-]?[0-9]+"),
        "float": _whole("[+-]?([0-9]+([.][0-9]*)?|[.][0-9]+)([eE][+-]?[0-9]{1,3})?"),
        "date": _whole(_ANY_DATE),
        "datetime": _whole(f"({_ISO_DATE})[ T]{_TIME}"),
        "timestamp": _whole(f"({_ISO_DATE})[ T]{_TIME}{_ZONE}"),
        "email": _whole(_EMAIL),
        "uuid": _whole("[0-9A-Fa-f]{8}[ -]?[0-9A-Fa-f]{4}[ -]?[0-9A-Fa-f]{4}[ -]?[0-9A-Fa-f]{4}[ -]?[0-9A-Fa-f]{12}"),
        "ip4": _whole(_IP4),
        "ip6": _whole(_ip6(nothing=True)),
        "usa_phone": _whole(_PHONE),
        "usa_zipcode": _whole(_ZIP),
        "not_in_names": '[0-9!"#$%&()*+,/:;<=>?@_`{|}~^\x01-\x1f☀-➿🀀-🫿]|\\[|\\]|\\\\',
        "contains_email": _within(_EMAIL, part="A-Za-z0-9._%+-"),
        "contains_ip4": _within(_IP4, part="0-9A-Za-z."),
        "contains_ip6": _within(_ip6(nothing=False), part="0-9A-Za-z.:"),
        "contains_usa_phone": _within(_PHONE, part="0-9A-Za-z+"),
        "contains_usa_zipcode": _within(_ZIP, part="0-9A-Za-z_.-"),
    }
    | {f"date:{name}": _whole(pattern) for name, pattern in DATE_FORMATS.items()}
)
"""Patterns by name; `date:` and a format's name for one date format."""


@lru_cache(maxsize=64)
def pattern_literals(dialect: Dialect) -> Mapping[str, Fragment]:
    """Every pattern as a text literal of the engine."""
    return MappingProxyType({name: dialect.text(pattern_for(dialect, name)) for name in PATTERNS})


def pattern_for(dialect: Dialect, name: str) -> str:
    """The pattern as the engine writes it."""
    pattern = PATTERNS[name]
    if pattern.startswith("^"):
        return pattern.removesuffix(END) + dialect.regex_end
    return pattern.replace(f"|{END})", f"|{dialect.regex_end})")

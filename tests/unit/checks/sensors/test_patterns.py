from __future__ import annotations

import ipaddress
import re
from datetime import date

import pytest

from dq_platform.checks.sensors.patterns import DATE_FORMATS, PATTERNS, pattern_for
from dq_platform.connectors.factory import ConnectorFactory


def matches(name: str, text: str) -> bool:
    return re.search(PATTERNS[name].replace("$)", r"\Z)").removesuffix("$") + _end(name), text) is not None


def _end(name: str) -> str:
    return r"\Z" if PATTERNS[name].endswith("$") else ""


@pytest.mark.parametrize(
    ("name", "right", "wrong"),
    [
        ("boolean", ["true", "0", "n"], ["", "maybe", "10"]),
        ("integer", ["0", "-5", "+007"], ["", "-", "1.0", " 1", "1\n", "١"]),
        ("float", ["1", "-1.5", ".5", "5.", "1e3", "+1.5E-10"], ["", ".", "1e", "1,5", "NaN", "e5"]),
        ("datetime", ["2024-02-29 23:59", "2024-01-01T00:00:00.1"], ["2024-01-01", "2023-02-29 10:00", "2024-1-1"]),
        ("timestamp", ["2024-01-01T10:00:00Z", "2024-01-01 10:00 +02"], ["2024-01-01 10:00", "2024-01-01 10:00 +15"]),
        ("email", ["a@b.co", "a.b+tag@shop.online", "o'neil@x-y.museum"], ["a@b", "@b.co", "a b@c.de", "a@-b.co"]),
        ("email", ["a@b--c.d-e.fr"], ["a@b-.co", "a@b..co", "a@b.c", "a@b.co1", "a@b_c.de"]),
        ("usa_phone", ["(212) 555-0100", "+1 212 555 0100", "12125550100"], ["555-0100", "212-555-01000"]),
        ("usa_zipcode", ["12345", "12345-6789"], ["1234", "123456", "12345-"]),
        ("not_in_names", ["R2", "a@b", "a\tb", "😀", "[x]"], ["O'Neil-Smith Jr.", "José", "李"]),
        ("contains_email", ["write to a@b.co.", "<a@b.co>"], ["a@b", "x"]),
        ("contains_ip4", ["at 10.0.0.1:80", "10.0.0.1."], ["10.0.0.1.5", "v10.0.0.1", "1.2.3"]),
        ("contains_ip6", ["see fe80::1.", "[::1]"], ["std::string", "a :: b", "10:30"]),
        ("contains_usa_phone", ["call 212-555-0100 now"], ["1234567890123"]),
        ("contains_usa_zipcode", ["NY 12345."], ["123456", "x12345"]),
    ],
)  # fmt: skip
def test_a_pattern_tells_right_from_wrong(name: str, right: list[str], wrong: list[str]) -> None:
    assert [text for text in right if not matches(name, text)] == []
    assert [text for text in wrong if matches(name, text)] == []


def test_a_date_is_one_of_the_calendar() -> None:
    for year in (1, 4, 100, 400, 1900, 1999, 2000, 2023, 2024, 9999):
        for month in range(14):
            for day in (0, 1, 28, 29, 30, 31, 32):
                text = f"{year:04d}-{month:02d}-{day:02d}"
                assert matches("date:YYYY-MM-DD", text) == exists(year, month, day), text


def exists(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


@pytest.mark.parametrize("name", DATE_FORMATS)
def test_every_date_format_knows_leap_years(name: str) -> None:
    def written(year: str) -> str:
        parts = name.replace("YYYY", year).replace("Month", "February").replace("MM", "02").replace("DD", "29")
        return parts.replace(" D,", " 29,")

    assert matches(f"date:{name}", written("2024"))
    assert not matches(f"date:{name}", written("2023"))


def test_an_ip6_address_is_what_the_standard_library_takes_for_one() -> None:
    pieces = ["1", "ab", "0", ":", "::", "1.2.3.4"]
    texts = [""]
    for _ in range(6):
        texts = [text + piece for text in texts for piece in pieces][:20000]
        assert [text for text in texts if matches("ip6", text) != is_ip6(text)] == []


def is_ip6(text: str) -> bool:
    try:
        ipaddress.IPv6Address(text)
    except ValueError:
        return False
    return True


@pytest.mark.parametrize("name", PATTERNS)
def test_a_pattern_uses_only_what_every_engine_reads(name: str) -> None:
    outside = re.sub(r"\\[\[\]\\]", "", PATTERNS[name])
    assert "\\" not in outside
    assert re.search(r"\(\?|[*+?}][?+]", re.sub(r"\[[^\]]*\]", "x", outside)) is None


def test_the_end_is_written_in_the_engines_way() -> None:
    assert pattern_for(ConnectorFactory.get("postgresql").dialect, "integer").endswith("+)$")
    assert pattern_for(ConnectorFactory.get("mysql").dialect, "integer").endswith(r"+)\z")
    assert "$" not in pattern_for(ConnectorFactory.get("mysql").dialect, "contains_ip4")


@pytest.mark.parametrize("name", PATTERNS)
def test_no_pattern_counts_far(name: str) -> None:
    """PostgreSQL writes a repetition out as often as it may occur: {0,61} made it thirteen times slower."""
    assert max(map(int, re.findall(r"([0-9]+)}", PATTERNS[name])), default=0) <= 12


def test_an_ip6_address_is_not_spelled_out_form_by_form() -> None:
    """PostgreSQL's time for a text grows with the pattern: forms that begin alike share their beginning."""
    assert sum(map(int, re.findall(r"([1-9])}", PATTERNS["ip6"].replace("{1,4}", "{1}")))) < 80

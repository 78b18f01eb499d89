"""`dq demo` as a stranger runs it."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pytest

from local.sample import FAULTS, ROWS
from tests.e2e.commands import dq, environment
from tests.engines.places import reachable_directory

MARK = "DEMO_OF_THIS_TEST"
OUTCOMES = ("passed", "warning", "error", "fatal")
# Check -> the fault that it measures; its value is the fault's count.
MEASURED = {
    ("customers", "email", "invalid_email_format_found"): "malformed e-mail",
    ("customers", "account_uuid", "invalid_uuid_format_found"): "malformed UUID",
    ("customers", "full_name", "text_surrounded_by_whitespace_found"): "text padded with whitespace",
    ("customers", "full_name", "whitespace_text_found"): "text of whitespace only",
    ("customers", "city", "empty_text_found"): "empty text",
    ("customers", "customer_id", "duplicate_count"): "customer loaded twice",
    ("customers", "latitude", "invalid_latitude"): "latitude outside",
    ("orders", "order_id", "duplicate_count"): "order loaded twice",
    ("orders", "amount", "negative_values"): "negative amount",
    ("orders", "customer_id", "lookup_key_not_found"): "customer that does not exist",
    ("orders", "coupon_code", "text_length_above_max_length"): "text longer than 12",
    ("orders", "note", "text_length_below_min_length"): "text shorter than 5",
    ("payments", "payment_id", "duplicate_count"): "one whole day loaded twice",
    ("payments", "reference", "text_not_matching_regex_found"): "reference not like",
    ("events", "event_type", "nulls_count"): "missing",
    ("events", "ip_address", "invalid_ip4_address_format_found"): "malformed IPv4",
    ("events", "duration_ms", "negative_values"): "negative duration",
}


@dataclass(frozen=True, slots=True)
class Demo:
    """What the demonstration printed, and what it left behind."""

    process: subprocess.CompletedProcess[str]
    left_files: list[Path]
    left_processes: list[str]

    @property
    def rows(self) -> dict[tuple[str, str, str], list[str]]:
        """Table, column and check -> the rest of the row's words, for checks of whole tables in PostgreSQL."""
        words = [line.split() for line in self.process.stdout.partition("lake (duckdb)")[0].splitlines()]
        return {
            (table, column, check): rest
            for table, column, check, *rest in (line for line in words if len(line) > 4)
            if rest[-1] in OUTCOMES and not rest[0].startswith(("[", "20"))
        }


@pytest.fixture(scope="module")
def demo() -> Iterator[Demo]:
    mark = uuid4().hex
    with reachable_directory() as directory:
        process = dq("demo", env=environment(TMPDIR=str(directory), **{MARK: mark}), cwd=directory, seconds=110)
        yield Demo(process, list(directory.iterdir()), processes_with(f"{MARK}={mark}"))


def processes_with(setting: str) -> list[str]:
    """The running processes that have the environment variable."""
    found = []
    for place in Path("/proc").glob("[0-9]*"):
        try:
            if setting.encode() in (place / "environ").read_bytes():
                found.append((place / "cmdline").read_bytes().replace(b"\0", b" ").decode())
        except OSError:
            continue  # it ended meanwhile, or belongs to somebody else
    return found


def test_it_succeeds(demo: Demo) -> None:
    assert demo.process.returncode == 0, demo.process.stdout + demo.process.stderr
    assert demo.process.stderr == ""


def test_nothing_of_it_is_left(demo: Demo) -> None:
    assert demo.left_processes == []
    assert demo.left_files == []


@pytest.mark.parametrize(
    ("row", "what"), MEASURED.items(), ids=lambda it: "-".join(it) if isinstance(it, tuple) else ""
)
def test_the_table_shows_what_was_planted(row: tuple[str, str, str], what: str, demo: Demo) -> None:
    table, column, _ = row
    planted = [one for one in FAULTS if (one.table, one.column) == (table, column) and one.what.startswith(what)]
    value, *_, severity = demo.rows[row]
    assert int(value.replace(",", "")) == planted[0].count
    assert severity != "passed"


@pytest.mark.parametrize("table", ["customers", "orders", "payments", "events"])
def test_the_table_shows_how_many_rows_there_are(table: str, demo: Demo) -> None:
    value, *_, severity = demo.rows[table, "–", "row_count"]
    assert int(value.replace(",", "")) == ROWS[table]
    assert severity == "passed"


def test_the_day_with_few_orders_fails_and_its_neighbours_pass(demo: Demo) -> None:
    days = [line.split() for line in demo.process.stdout.splitlines() if "row_count 20" in line]
    assert len(days) == 14
    assert [words[-1] for words in days if words[-1] != "passed"] == ["error"]
    assert [words[4] for words in days if words[-1] == "error"] == ["110"]
    assert [words[3] for words in days[1:]] == sorted(words[3] for words in days[1:])


def test_parquet_files_give_the_same_values(demo: Demo) -> None:
    parquet = demo.process.stdout.partition("lake (duckdb)")[2].partition("Open incidents")[0]
    rows = {tuple(words[:3]): words[3] for words in map(str.split, parquet.splitlines()) if len(words) > 4}
    assert rows["events", "event_type", "nulls_count"] == "65"
    assert rows["payments", "payment_id", "duplicate_count"] == "1,007"


def test_incidents_are_listed_by_table_and_kind(demo: Demo) -> None:
    incidents = " ".join(demo.process.stdout.partition("Open incidents")[2].split())
    assert "shop.payments Uniqueness / uniqueness fatal open" in incidents
    assert "main.events Completeness / nulls error open" in incidents


def test_it_says_how_to_go_on(demo: Demo) -> None:
    assert "make demo ARGS=--keep" in demo.process.stdout

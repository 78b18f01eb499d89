"""Tables for eyes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal

from rich import box
from rich.table import Table
from rich.text import Text

from cli.api import Json
from cli.zones import Zones, day

SMALL = Decimal("0.001")
LONGEST_TEXT = 60
STYLES = {
    "passed": "green",
    "warning": "yellow",
    "error": "red",
    "fatal": "bold white on red",
    "inconclusive": "cyan",
    "execution_error": "magenta",
    "open": "red",
    "acknowledged": "yellow",
    "resolved": "green",
    "pending": "cyan",
    "sent": "green",
    "dead": "red",
    "queued": "cyan",
    "running": "blue",
    "succeeded": "green",
    "failed": "red",
    "cancelled": "yellow",
}


def grid(headings: Sequence[str], rows: Iterable[Sequence[str | Text]], *, title: str = "") -> Table:
    """A table; a heading that ends in `>` is of numbers and aligned right. Plain texts are shown as they are."""
    above = Text(title) if title else None
    table = Table(box=box.SIMPLE_HEAD, title=above, title_justify="left", title_style="bold", pad_edge=False)
    for heading in headings:
        number = heading.endswith(">")
        table.add_column(heading.rstrip(">"), justify="right" if number else "left", overflow="fold")
    for row in rows:
        table.add_row(*(Text(cell) if isinstance(cell, str) else cell for cell in row))
    return table


def word(enum: str, prefix: str) -> Text:
    """An enum value of the API as one coloured word: `OUTCOME_PASSED` with `OUTCOME_` is `passed`."""
    text = enum.removeprefix(prefix).lower()
    return Text(text.replace("_", " "), style=STYLES.get(text, ""))


def number(text: str) -> str:
    """A measured number for eyes: whole ones with thousands marks, others with four decimals or two digits."""
    if not text:
        return "–"
    value = Decimal(text)
    if value == value.to_integral_value():
        return f"{value:,.0f}"
    if abs(value) < SMALL:
        return f"{value:.2g}"
    return f"{value:,.4f}".rstrip("0")


def measured(result: Json) -> str:
    """A result's value for eyes: numbers as `number` has them, dates and texts as they are, long ones cut."""
    text: str = result["value_text"]
    if "value" not in result and text:
        return text if len(text) <= LONGEST_TEXT else f"{text[: LONGEST_TEXT - 1]}…"
    return text if "-" in text[1:] else number(text)


def sampled(thing: Json) -> str:
    """What a check, a result or a statement of the API was, or will be, measured on: ` on a row sample of 5 %`.

    Empty for all rows.
    """
    sample = thing.get("table_sample")
    if not sample:
        return ""
    return f" on a {word(sample['method'], 'SAMPLE_METHOD_').plain} sample of {sample['percent']:g} %"


def moment(text: str | None) -> str:
    """A moment of the API as local date and time; a dash for none."""
    if not text:
        return "–"
    return datetime.fromisoformat(text).astimezone().strftime("%Y-%m-%d %H:%M:%S")


def column_changes(changes: Iterable[Json]) -> str:
    """Changes of columns as the API tells them, one a line; a dash for none."""
    lines = (f"{word(one['kind'], 'COLUMN_CHANGE_KIND_').plain} {one['column_name']}" for one in changes)
    return "\n".join(lines) or "–"


def size(bytes: int) -> str:
    """A number of bytes for eyes, in the largest unit of which there is one: `1.5 MB`."""
    amount = float(bytes)
    for unit in ("B", "kB", "MB", "GB"):
        if amount < 1000:
            return f"{amount:.3g} {unit}"
        amount /= 1000
    return f"{amount:,.3g} TB"


def result_rows(results: Iterable[Json], zones: Zones) -> list[list[str | Text]]:
    """Results as rows of `RESULT_HEADINGS`, days in the zones of their connections."""
    return [
        [
            result["target"]["table_name"],
            result["target"]["column_name"] or "–",
            " ".join(filter(None, (result["check_type"], _partition(result, zones), result["data_group"]))),
            measured(result),
            "\n".join(filter(None, (result["expected_text"], result["message"]))),
            word(result["outcome"], "OUTCOME_"),
        ]
        for result in results
    ]


def _partition(result: Json, zones: Zones) -> str:
    """The day on which the partition begins, in its own zone; empty for results of a whole table."""
    if result["mode"] != "MODE_PARTITIONED":
        return ""
    return day(result["time_period"], zones.get(result["target"]["connection_id"]))


RESULT_HEADINGS = ("table", "column", "check", "value>", "expected", "severity")
OUTCOMES = ("passed", "warning", "error", "fatal", "inconclusive", "execution_error")


def counts(outcomes: Json) -> Text:
    """Counts of outcomes in one line, without the ones that are zero."""
    parts = [
        Text(f"{int(outcomes[name]):,} {name.replace('_', ' ')}", style=STYLES[name])
        for name in OUTCOMES
        if int(outcomes[name])
    ]
    return Text("  ").join(parts) if parts else Text("no results", style="dim")

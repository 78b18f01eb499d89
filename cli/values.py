"""Turns what is typed on a command line into what the API takes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import timedelta
from math import isfinite, nan

from cli.errors import UsageError

UNITS = {
    "s": timedelta(seconds=1),
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
    "w": timedelta(weeks=1),
}
LONGEST_NUMBER = 5
JsonValue = str | int | float | bool | list[str] | list[int]


def pairs(texts: Sequence[str], option: str) -> dict[str, JsonValue]:
    """`name=value` texts as a mapping; a value that is JSON (5, 0.5, true, ["a"]) is taken as such, others as text."""
    return {name: literal(value) for name, value in labels(texts, option).items()}


def labels(texts: Sequence[str], option: str) -> dict[str, str]:
    """`name=value` texts as a mapping of texts."""
    found: dict[str, str] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals or not name:
            message = f"{option} takes name=value, such as {option} max_percent=5; got {text!r}."
            raise UsageError(message)
        found[name] = value
    return found


def timeout(seconds: float | None) -> dict[str, str]:
    """The field of a request that limits its job, or none."""
    return {} if seconds is None else {"timeout": f"{seconds:.3f}s"}


def thresholds(
    warning: Sequence[str] | None, error: Sequence[str] | None, fatal: Sequence[str] | None
) -> dict[str, dict[str, JsonValue]]:
    """The rule's parameters of each severity that has any."""
    given = {"warning": warning, "error": error, "fatal": fatal}
    return {severity: pairs(texts, f"--{severity}") for severity, texts in given.items() if texts}


def literal(text: str) -> JsonValue:
    """The value that JSON has for this text, else the text."""
    try:
        value: JsonValue = json.loads(text)
    except ValueError:
        return text
    return text if value is None else value


def duration(text: str, option: str) -> timedelta:
    """`90s`, `15m`, `8h`, `3d` or `2w`. Raises UsageError for anything else."""
    number, unit = text[:-1], text[-1:]
    if unit not in UNITS or not number.isascii() or not number.isdigit() or len(number) > LONGEST_NUMBER:
        message = f"{option} takes a number with s, m, h, d or w, such as {option} 8h; got {text!r}."
        raise UsageError(message)
    return int(number) * UNITS[unit]


def table_sample(text: str) -> dict[str, JsonValue]:
    """`method=percent` as the API takes it. Raises UsageError if it is not that."""
    method, _, percent = text.partition("=")
    try:
        share = float(percent)
    except ValueError:
        share = nan
    if method not in ("row", "block") or not isfinite(share):
        message = f"--sample takes row=PERCENT or block=PERCENT, such as --sample row=5; got {text!r}."
        raise UsageError(message)
    return {"method": f"SAMPLE_METHOD_{method.upper()}", "percent": share}


def table_name(text: str) -> tuple[str, str]:
    """`schema.table` in two. Raises UsageError if there is no dot."""
    schema, dot, table = text.partition(".")
    if not dot or not schema or not table:
        message = f"A table is named schema.table, such as shop.orders; got {text!r}."
        raise UsageError(message)
    return schema, table

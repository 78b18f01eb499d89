"""Writes the table of tested engines in docs/engines.md from reports of test runs (see report.py).

`python -m tests.contract.table REPORT...`
"""

from __future__ import annotations

import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

Case = Mapping[str, str]

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "engines.md"
BEGIN, END = "<!-- tested: written by `make engines` -->", "<!-- end of tested -->"
AREAS = {
    "value": "values",
    "text": "texts",
    "time": "times",
    "aggregate": "aggregates",
    "catalogue": "catalogue",
    "guard": "guards",
    "pooling": "sessions",
    "problem": "errors",
    "tls": "TLS",
    "sensors": "sensors",
    "own": "its own",
}


def table(cases: Iterable[Case]) -> str:
    """Markdown: a row per engine and server with the numbers of passed cases by area, then what did not run, and why.

    Raises ValueError if a case failed: what is documented must be true.
    """
    by_server: dict[tuple[str, str], list[Case]] = defaultdict(list)
    for case in cases:
        if case["outcome"] == "failed":
            message = f"a case of {case['engine']} failed; a table would say that it works"
            raise ValueError(message)
        by_server[case["engine"], case["server"]].append(case)
    areas = [area for area in AREAS if any(case["area"] == area for case in cases)]
    head = ["engine", "tested on", *(AREAS[area] for area in areas)]
    rows = [_row(*key, by_server[key], areas) for key in sorted(by_server)]
    lines = [_line(head), _line(["---"] * len(head)), *map(_line, rows)]
    return "\n".join([*lines, "", *_left_out(by_server)])


def written(document: str, table: str) -> str:
    """The document with the table between the markers. Raises ValueError if it has none."""
    before, begin, rest = document.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        message = f"the document lacks {BEGIN} or {END}"
        raise ValueError(message)
    return f"{before}{BEGIN}\n\n{table}\n\n{END}{after}"


def _row(engine: str, server: str, cases: Sequence[Case], areas: Sequence[str]) -> list[str]:
    stand_in = next((case["stand_in"] for case in cases if case["stand_in"]), "")
    passed, all_ = (
        Counter(case["area"] for case in chosen)
        for chosen in ((case for case in cases if case["outcome"] == "passed"), cases)
    )
    counts = [
        "–"
        if not all_[area]
        else str(passed[area])
        if passed[area] == all_[area]
        else f"{passed[area]} of {all_[area]}"
        for area in areas
    ]
    return [engine, f"{server} (stand-in: {stand_in})" if stand_in else server, *counts]


def _left_out(by_server: Mapping[tuple[str, str], Sequence[Case]]) -> list[str]:
    lines = []
    for engine, server in sorted(by_server):
        reasons = Counter(case["reason"] for case in by_server[engine, server] if case["outcome"] == "skipped")
        lines += [f"* {engine}: {reason} ({number})" for reason, number in sorted(reasons.items())]
    return ["Cases that did not run, and how many:", "", *lines] if lines else ["Every case ran."]


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    found = [case for path in sys.argv[1:] for case in json.loads(Path(path).read_text())]
    DOCUMENT.write_text(written(DOCUMENT.read_text(), table(found)))

from __future__ import annotations

import re
from pathlib import Path

from telemetry.document import table

DOCUMENT = (Path(__file__).parents[2] / "docs" / "operations.md").read_text()
DECLARED = re.findall(r"^\| `(dq_[a-z_]+)` \| (\w+)", table(), flags=re.MULTILINE)


def test_the_document_has_the_table_of_all_metrics() -> None:
    assert table() in DOCUMENT, "write what `python -m telemetry.document` prints into docs/operations.md"


def test_alerts_ask_for_series_that_exist() -> None:
    series = {name + suffix for name, kind in DECLARED for suffix in _suffixes(kind)}
    [rules] = re.findall(r"```yaml\n(.*?)```", DOCUMENT, flags=re.DOTALL)
    asked = set(re.findall(r"\bdq_[a-z_]+", rules))
    assert len(re.findall(r"- alert:", rules)) == 3
    assert asked
    assert asked - series == set()


def test_names_follow_the_conventions_of_prometheus() -> None:
    for name, kind in DECLARED:
        assert name.endswith("_total") == (kind == "counter"), name
        assert kind != "histogram" or name.endswith("_seconds"), name


def _suffixes(kind: str) -> tuple[str, ...]:
    return ("_bucket", "_sum", "_count") if kind == "histogram" else ("",)

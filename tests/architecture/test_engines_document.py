"""docs/engines.md speaks of every engine and has a place for the table of what was tested."""

from __future__ import annotations

from pathlib import Path

import pytest

from dq_platform.connectors.factory import ConnectorFactory
from tests.contract.table import BEGIN, DOCUMENT, END, written

TEXT = Path(DOCUMENT).read_text()


@pytest.mark.parametrize("type", ConnectorFactory.types())
def test_every_engine_has_a_section(type: str) -> None:
    headings = [line for line in TEXT.splitlines() if line.startswith("## ")]
    assert [line for line in headings if ConnectorFactory.get(type).display_name in line]


def test_the_table_has_its_place() -> None:
    assert TEXT.index(BEGIN) < TEXT.index(END)
    assert "| new |" in written(TEXT, "| new |")

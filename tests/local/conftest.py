from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.console import Console

from tests.engines.places import reachable_directory


@pytest.fixture
def place() -> Iterator[Path]:
    with reachable_directory() as directory:
        yield directory


@pytest.fixture
def console() -> Console:
    return Console(record=True, width=200, quiet=False, force_terminal=False)

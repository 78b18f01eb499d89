"""Servers that are shared by all tests of a worker, because they start slowly."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.engines.spark import SparkServer


@pytest.fixture(scope="session")
def spark_server() -> Iterator[SparkServer]:
    """Spark, with what earlier tests left in schemas of their own."""
    with SparkServer() as server:
        yield server

from __future__ import annotations

from collections.abc import Mapping

import pytest

from dq_platform.models.metadata import DataType
from tests.contract.engine import Engine
from tests.contract.needs import lacking
from tests.contract.times import INSTANTS, stored


@pytest.fixture(autouse=True)
def possible(request: pytest.FixtureRequest) -> None:
    """Skip a case that the engine's server lacks something for, with the reason."""
    if request.node.get_closest_marker("needs"):
        reason = lacking(request.node, request.getfixturevalue("engine").lacks)
        if reason:
            pytest.skip(reason)


@pytest.fixture(scope="module")
def instants(engine: Engine) -> Mapping[DataType, str]:
    """A table of the INSTANTS, numbered by `i`, for each type of timestamp."""
    return {
        kind: engine.table({"i": DataType.INTEGER, "v": kind}, list(enumerate(stored(v, kind) for v in INSTANTS)))
        for kind in (DataType.TIMESTAMP, DataType.TIMESTAMP_TZ)
    }

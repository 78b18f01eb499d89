from __future__ import annotations

from collections.abc import Mapping

import pytest

from dq_platform.models.metadata import DataType
from tests.contract.engine import Engine
from tests.contract.needs import lacking
from tests.contract.report import note_case
from tests.contract.times import INSTANTS, stored


@pytest.fixture(autouse=True)
def possible(request: pytest.FixtureRequest) -> None:
    """Note the engine that a case of the contract is about, and skip what its server lacks something for."""
    names = request.fixturenames
    if "secure" in names:
        note_case(request.node, request.getfixturevalue("secure").engine)
    elif "engine" in names:
        engine = request.getfixturevalue("engine")
        note_case(request.node, engine)
        reason = lacking(request.node, engine.lacks)
        if reason:
            pytest.skip(reason)


@pytest.fixture(scope="module")
def instants(engine: Engine) -> Mapping[DataType, str]:
    """A table of the INSTANTS, numbered by `i`, for each type of timestamp."""
    return {
        kind: engine.table({"i": DataType.INTEGER, "v": kind}, list(enumerate(stored(v, kind) for v in INSTANTS)))
        for kind in (DataType.TIMESTAMP, DataType.TIMESTAMP_TZ)
    }

from __future__ import annotations

import pytest

from tests.contract.needs import lacking


@pytest.fixture(autouse=True)
def possible(request: pytest.FixtureRequest) -> None:
    """Skip a case that the engine's server lacks something for, with the reason."""
    if request.node.get_closest_marker("needs"):
        reason = lacking(request.node, request.getfixturevalue("engine").lacks)
        if reason:
            pytest.skip(reason)

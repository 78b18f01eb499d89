from __future__ import annotations

import pytest

from tests.contract.engine import Engine
from tests.contract.needs import lacking, needs


def engine(**lacks: str) -> Engine:
    return Engine("postgresql", {}, lambda _: None, "", {}, "contract", lacks=lacks)


def test_a_case_is_impossible_where_the_server_lacks_what_it_needs(request: pytest.FixtureRequest) -> None:
    request.node.add_marker(needs("cancel", "views"))
    assert lacking(request.node, {"cancel": "it answers at once"}) == (
        "the server lacks stopping a running statement when asked to: it answers at once"
    )
    assert lacking(request.node, {"keys": "it has none"}) == ""


def test_nobody_lacks_or_needs_what_the_contract_does_not_know() -> None:
    with pytest.raises(ValueError, match="knows no capability flying"):
        engine(flying="it is heavy")
    with pytest.raises(ValueError, match="knows no capability flying"):
        needs("flying")


class TestSkipping:
    @pytest.fixture
    def engine(self) -> Engine:
        return engine(keys="it is a stand-in")

    @needs("keys")
    def test_a_case_that_is_impossible_does_not_run(self, engine: Engine) -> None:
        pytest.fail("it ran")

    @needs("views")
    def test_a_case_that_is_possible_runs(self, engine: Engine) -> None:
        assert engine.lacks == {"keys": "it is a stand-in"}

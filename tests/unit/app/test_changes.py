from __future__ import annotations

from dataclasses import dataclass

import pytest

from dq_platform.app.changes import changed
from dq_platform.errors import Invalid


@dataclass(frozen=True, slots=True)
class Thing:
    name: str = "a"
    kind: str = "k"


def test_a_field_that_may_change_does() -> None:
    assert changed(Thing(), {"name": "b"}, {"name"}, "thing") == Thing("b", "k")


def test_another_field_may_be_named_with_the_value_it_has() -> None:
    assert changed(Thing(), {"name": "b", "kind": "k"}, {"name"}, "thing") == Thing("b", "k")


@pytest.mark.parametrize("changes", [{"kind": "other"}, {"nothing": 1}])
def test_any_other_change_is_refused_and_named(changes: dict[str, object]) -> None:
    with pytest.raises(Invalid) as caught:
        changed(Thing(), changes, {"name"}, "thing")
    [violation] = caught.value.violations
    assert (violation.field, violation.reason) == (f"thing.{next(iter(changes))}", "IMMUTABLE_FIELD")

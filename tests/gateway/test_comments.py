from __future__ import annotations

import pytest

from gateway.comments import examples, read_comments
from tests.gateway.conftest import Compiled


def test_comments_are_found_by_full_name(compiled: Compiled) -> None:
    comments = read_comments(compiled.image)
    assert comments["dqtest.v1.Thing"] == "Every kind of field."
    assert comments["dqtest.v1.Thing.id"] == "Who it is."
    assert comments["dqtest.v1.Colour.COLOUR_RED"] == "Like blood."
    assert comments["dqtest.v1.Nested.DeepEnum.TRUE"] == "True."
    assert comments["dqtest.v1.EchoService.Echo"] == "Says it back. It has two sentences."


@pytest.mark.parametrize(
    ("comment", "text", "expected"),
    [
        ("A name. Example: `nulls_percent`.", True, ["nulls_percent"]),
        ('Example: `{"max_percent": 1}`.', False, [{"max_percent": 1}]),
        ("Examples: `1`, `2` or `3`.", False, [1, 2, 3]),
        ("Example: `5`.", True, ["5"]),
        ("Nothing.", True, []),
    ],
)
def test_examples_are_read_from_comments(comment: str, text: bool, expected: list[object]) -> None:
    assert examples(comment, text=text) == expected

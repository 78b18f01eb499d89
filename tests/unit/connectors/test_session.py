from __future__ import annotations

import pytest

from dq_platform.connectors.session import tagged


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        ("", "SELECT 1"),
        ("workspace=w-1, job=j:2.3", "/* dq workspace=w-1, job=j:2.3 */ SELECT 1"),
        ("a */ DROP /* \n'\"`;é", "/* dq a  DROP   */ SELECT 1"),
        ("!40101", "/* dq 40101 */ SELECT 1"),
    ],
)
def test_a_tag_is_a_comment_that_holds_nothing_else(tag: str, expected: str) -> None:
    assert tagged("SELECT 1", tag) == expected

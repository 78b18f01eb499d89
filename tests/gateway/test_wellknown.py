from __future__ import annotations

import pytest

from gateway.scalars import Reject
from gateway.wellknown import NotJson, Twice, load_json, mask_path


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ("displayName", "display_name"),
        ("display_name", "display_name"),
        ("a.bC.d_e", "a.b_c.d_e"),
        (" a ", "a"),
        ("*", "*"),
    ],
)
def test_a_mask_path_is_put_in_proto_names(given: str, path: str) -> None:
    assert mask_path(given) == path


@pytest.mark.parametrize("given", ["", ".", "a..b", "a b", "a,b", "é"])
def test_what_is_no_path_is_refused(given: str) -> None:
    with pytest.raises(Reject):
        mask_path(given)


def test_faults_of_json_are_kept_for_whoever_knows_their_field() -> None:
    tree = load_json(b'{"a": {"x": 1, "x": 2}, "b": NaN}')
    assert isinstance(tree, dict)
    assert isinstance(tree["a"], Twice)
    assert tree["a"].key == "x"
    assert isinstance(tree["b"], NotJson)


@pytest.mark.parametrize("data", [b"", b"{", b"1 2", b"\xff", b"[" * 100_000, b"9" * 5000, b"'a'"])
def test_what_is_no_json_is_refused(data: bytes) -> None:
    with pytest.raises(Reject):
        load_json(data)

from __future__ import annotations

import pytest

from dq_platform.adapters.sql.ids import existing_id, group_key, parse_id, parse_ids
from dq_platform.errors import NotFound

ID = "0190a1b2-c3d4-7e5f-8a6b-7c8d9e0f1a2b"


@pytest.mark.parametrize("text", [ID, ID.upper(), ID.replace("-", "")])
def test_an_id_has_one_canonical_form(text: str) -> None:
    assert parse_id(text) == ID


@pytest.mark.parametrize("text", ["", "x", ID + "0", "{" + ID + "}", "urn:uuid:" + ID, "g" * 32, "\x00" * 36])
def test_what_is_no_id_is_not_found(text: str) -> None:
    assert parse_id(text) is None
    with pytest.raises(NotFound, match="check"):
        existing_id("check", text)


def test_only_ids_are_kept_of_many() -> None:
    assert parse_ids(["x", ID.upper(), ""]) == [ID]


def test_a_groups_key_is_an_id_of_its_own() -> None:
    keys = {group_key(group) for group in ("", '["a"]', '["b"]', "x" * 10_000)}
    assert len(keys) == 4
    assert all(parse_id(key) == key for key in keys)
    assert group_key("") == group_key("")

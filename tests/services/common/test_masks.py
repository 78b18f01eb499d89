from __future__ import annotations

import pytest
from google.protobuf.field_mask_pb2 import FieldMask

from dq.v1 import check_pb2
from dq_platform.errors import Invalid
from services.common.masks import Update, update
from services.common.structs import plain, to_struct

CURRENT = check_pb2.Check(
    id="c",
    target={"connection_id": "k", "schema_name": "s", "table_name": "t"},
    check_type="nulls_percent",
    display_name="old",
    description="why",
    sensor_params=to_struct({"a": 1, "deep": {"x": 1, "y": 2}}),
    thresholds={"error": to_struct({"max_percent": 5}), "fatal": to_struct({"max_percent": 50})},
    group_by=[{"column": "one"}, {"column": "two"}],
    labels={"a": "1", "b": "2"},
    enabled=True,
    etag='"3"',
)


def change(*paths: str, **fields: object) -> Update[check_pb2.Check]:
    return update(CURRENT, check_pb2.Check(id="c", **fields), FieldMask(paths=paths), "check")


def violations(*paths: str, **fields: object) -> dict[str, str]:
    with pytest.raises(Invalid) as error:
        change(*paths, **fields)
    return {violation.field: violation.description for violation in error.value.violations}


def test_a_mask_names_all_that_changes() -> None:
    changed = change("display_name", display_name="new", description="ignored")
    assert changed.names == {"display_name"}
    assert (changed.resource.display_name, changed.resource.description) == ("new", "why")


def test_without_a_mask_the_fields_that_are_set_change() -> None:
    changed = change(display_name="new", enabled=False)
    assert changed.names == {"display_name", "enabled"}
    assert not changed.resource.enabled
    assert changed.resource.description == "why"


def test_a_named_field_that_is_not_set_becomes_empty() -> None:
    changed = change("description", "labels", "group_by", "thresholds")
    assert changed.resource.description == ""
    assert not changed.resource.labels
    assert not changed.resource.group_by
    assert not changed.resource.HasField("thresholds")


def test_lists_and_maps_are_replaced_whole() -> None:
    changed = change(labels={"c": "3"}, group_by=[{"tag": "x"}])
    assert dict(changed.resource.labels) == {"c": "3"}
    assert [level.tag for level in changed.resource.group_by] == ["x"]


def test_paths_lead_into_messages_and_free_json() -> None:
    changed = change(
        "thresholds.error.max_percent",
        "sensor_params.deep.x",
        thresholds={"error": to_struct({"max_percent": 7, "other": 1})},
        sensor_params=to_struct({"deep": {"x": 9, "y": 9}, "a": 9}),
    )
    assert plain(changed.resource.thresholds.error) == {"max_percent": 7}
    assert plain(changed.resource.thresholds.fatal) == {"max_percent": 50}
    assert plain(changed.resource.sensor_params) == {"a": 1, "deep": {"x": 9, "y": 2}}


def test_a_key_that_is_named_and_not_set_is_removed() -> None:
    changed = change("sensor_params.a", "sensor_params.deep.y", sensor_params=to_struct({"deep": {}}))
    assert plain(changed.resource.sensor_params) == {"deep": {"x": 1}}


def test_a_threshold_that_is_named_and_not_set_is_removed() -> None:
    changed = change("thresholds.fatal")
    assert not changed.resource.thresholds.HasField("fatal")
    assert changed.resource.thresholds.HasField("error")


def test_without_a_mask_parts_of_messages_and_free_json_stay() -> None:
    changed = change(thresholds={"warning": to_struct({"max_percent": 1})}, sensor_params=to_struct({"b": 2}))
    assert plain(changed.resource.thresholds.warning) == {"max_percent": 1}
    assert plain(changed.resource.thresholds.error) == {"max_percent": 5}
    assert plain(changed.resource.sensor_params) == {"a": 1, "b": 2, "deep": {"x": 1, "y": 2}}


def test_keys_that_no_path_can_name_replace_the_whole() -> None:
    changed = change(sensor_params=to_struct({"a.b": 2}))
    assert plain(changed.resource.sensor_params) == {"a.b": 2}


def test_a_star_replaces_everything_that_can_change() -> None:
    changed = change("*", display_name="new")
    assert (changed.resource.display_name, changed.resource.description) == ("new", "")
    assert not changed.resource.HasField("thresholds")
    assert changed.resource.target == CURRENT.target
    assert "id" not in changed.names


@pytest.mark.parametrize("path", ["nme", "display_name.x", "labels.a", "target.nothing", "", "a b", "sensor_params."])
def test_an_unknown_path_is_answered_with_what_can_be_named(path: str) -> None:
    told = violations(path, "description")
    assert list(told) == ["update_mask"]
    assert "display_name" in told["update_mask"]
    assert "create_time" not in told["update_mask"]


@pytest.mark.parametrize("path", ["id", "create_time", "category", "etag"])
def test_what_only_the_server_sets_is_ignored(path: str) -> None:
    changed = change(path, category="other", etag='"3"')
    assert changed.names == frozenset()
    assert changed.resource == CURRENT


def test_what_is_immutable_may_be_repeated_and_not_changed() -> None:
    assert change(check_type="nulls_percent").resource == CURRENT
    assert violations(check_type="other") == {"check.check_type": "cannot be changed"}
    assert violations("target.table_name", target={"table_name": "u"}) == {"check.target": "cannot be changed"}
    assert violations("check_type") == {
        "check.check_type": "cannot be changed",
    }


def test_an_etag_of_the_caller_is_insisted_on() -> None:
    assert change(display_name="new", etag='"2"').etag == '"2"'


def test_parts_are_merged_into_what_was_read_and_nothing_newer() -> None:
    assert change(display_name="new").etag == ""
    assert change(thresholds={"error": to_struct({"max_percent": 1})}).etag == '"3"'

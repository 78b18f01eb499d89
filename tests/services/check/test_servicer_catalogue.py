from __future__ import annotations

from grpc import StatusCode

from dq.v1 import check_pb2, metadata_pb2
from services.common.structs import plain
from tests.services.platform import Account, Client, fields_of, refused


async def all_types(client: Client, **filter: object) -> list[check_pb2.CheckType]:
    types: list[check_pb2.CheckType] = []
    token = ""
    while True:
        page = await client.ListCheckTypes(page_size=7, page_token=token, **filter)
        types += page.check_types
        token = page.next_page_token
        if not token:
            return types


async def test_check_types_are_listed_once_each_by_category_and_name(account: Account) -> None:
    types = await all_types(account.admin)
    keys = [(known.category, known.name) for known in types]
    assert keys == sorted(set(keys))
    assert "nulls_percent" in fields_of(types, "name")


async def test_check_types_can_be_chosen_by_category_and_level(account: Account) -> None:
    nulls = await all_types(account.admin, category="nulls")
    assert nulls
    assert {known.category for known in nulls} == {"nulls"}
    tables = await all_types(account.admin, level=check_pb2.LEVEL_TABLE)
    assert tables
    assert {known.level for known in tables} == {check_pb2.LEVEL_TABLE}


async def test_a_check_type_says_all_that_a_form_needs(account: Account) -> None:
    found = (await account.admin.GetCheckType(name="nulls_percent")).check_type
    assert (found.level, found.dimension) == (check_pb2.LEVEL_COLUMN, "Completeness")
    assert check_pb2.MODE_PARTITIONED in found.modes
    assert found.description
    (parameter,) = found.rule_parameters
    assert (parameter.name, parameter.kind, parameter.minimum, parameter.maximum) == ("max_percent", "percent", 0, 100)
    assert list(plain(found.default_thresholds.error)) == ["max_percent"]
    assert {"postgresql", "mysql", "duckdb"} <= set(found.connection_types)


async def test_an_unknown_check_type_is_answered_with_the_nearest_names(account: Account) -> None:
    refusal = await refused(account.admin.GetCheckType(name="null_percent"))
    assert (refusal.code, refusal.reason) == (StatusCode.NOT_FOUND, "CHECK_TYPE_NOT_FOUND")
    assert "nulls_percent" in refusal.message


async def test_every_sensor_and_rule_is_listed(account: Account) -> None:
    sensors = (await account.admin.ListSensors(page_size=1000)).sensors
    rules = (await account.admin.ListRules(page_size=1000)).rules
    types = await all_types(account.admin)
    assert {known.sensor for known in types} <= set(fields_of(sensors, "name"))
    assert {known.rule for known in types} <= set(fields_of(rules, "name"))
    assert all(sensor.description for sensor in sensors)
    assert all(metadata_pb2.DATA_TYPE_UNSPECIFIED not in sensor.accepted_data_types for sensor in sensors)


async def test_sensors_and_rules_come_in_pages(account: Account) -> None:
    first = await account.admin.ListRules(page_size=1)
    second = await account.admin.ListRules(page_size=1, page_token=first.next_page_token)
    assert first.rules[0].name < second.rules[0].name
    refusal = await refused(account.admin.ListSensors(page_size=1, page_token=first.next_page_token))
    assert "page_token" in refusal.violations


async def test_the_catalogue_tells_what_has_error_samples(account: Account) -> None:
    types = {known.name: known.has_error_samples for known in await all_types(account.admin)}
    assert types["nulls_percent"]
    assert types["duplicate_record_count"]
    assert not types["row_count"]
    sensors = {known.name: known.judges_rows for known in (await account.admin.ListSensors(page_size=1000)).sensors}
    assert (sensors["null_percent"], sensors["foreign_key_match_percent"], sensors["mean"]) == (True, True, False)

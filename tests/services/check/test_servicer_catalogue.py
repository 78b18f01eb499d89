from __future__ import annotations

import pytest
from grpc import StatusCode

from dq.v1 import check_pb2, metadata_pb2
from dq_platform.connectors.factory import ConnectorFactory
from services.common.structs import plain
from tests.services.platform import Account, Client, fields_of, refused
from tests.unit.checks.test_engines import WithoutRegex

DIFFERENCING = "anomaly_differencing_percentile_moving_average"


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


async def test_a_check_type_says_which_rule_and_time_scales_each_of_its_modes_has(account: Account) -> None:
    found = (await account.admin.GetCheckType(name="row_count_anomaly")).check_type
    assert [(one.mode, one.rule, list(one.time_scales)) for one in found.mode_details] == [
        (check_pb2.MODE_PROFILING, DIFFERENCING, [check_pb2.TIME_SCALE_MONTHLY]),
        (check_pb2.MODE_MONITORING, DIFFERENCING, [check_pb2.TIME_SCALE_DAILY]),
        (check_pb2.MODE_PARTITIONED, "anomaly_partition_row_count", [check_pb2.TIME_SCALE_DAILY]),
    ]
    assert found.unit == "rows"


async def test_every_check_type_has_an_example_of_itself(account: Account) -> None:
    for known in await all_types(account.admin):
        assert known.example.check_type == known.name
        assert bool(known.example.target.column_name) == (known.level == check_pb2.LEVEL_COLUMN)
        assert {parameter.name for parameter in known.sensor_parameters if parameter.required} <= set(
            known.example.sensor_params.fields
        )


async def test_units_are_those_of_the_numbers(account: Account) -> None:
    units = {known.name: known.unit for known in (await account.admin.ListSensors(page_size=1000)).sensors}
    assert set(units.values()) == {"%", "rows", "records", "values", "words", "characters", "columns", "days", ""}
    assert (units["null_percent"], units["data_freshness"], units["distinct_count"]) == ("%", "days", "values")
    assert (units["mean"], units["total_sum_match_percent"]) == ("", "")
    assert units["sql_condition_failed_count_on_table"] == "rows"


async def test_an_engine_that_cannot_run_something_is_listed_with_the_reason(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(ConnectorFactory._registered, "sqlserver", WithoutRegex)
    found = (await account.admin.GetCheckType(name="text_not_matching_regex_found")).check_type
    assert "sqlserver" not in found.connection_types
    [refusal] = [one for one in found.unsupported_engines if one.connection_type == "sqlserver"]
    assert refusal.reason == "sqlserver cannot run the sensor 'text_not_matching_regex_count': it lacks regex."
    assert (await account.admin.GetSensor(name="text_not_matching_regex_count")).sensor.unsupported_engines == [
        *found.unsupported_engines
    ]
    assert "sqlserver" in (await account.admin.GetCheckType(name="row_count")).check_type.connection_types


async def test_a_rule_says_what_passes_and_what_it_looks_back_at(account: Account) -> None:
    rule = (await account.admin.GetRule(name="percentile_moving_30_days")).rule
    assert (rule.history_period_count, rule.min_history_period_count) == (30, 10)
    assert rule.formula.startswith("mean + stdev * z(percentile_below / 100) <= actual <=")
    assert "No verdict: fewer than\n10 values" in rule.description
    plain = (await account.admin.GetRule(name="max_percent")).rule
    assert (plain.formula, plain.history_period_count) == ("actual <= max_percent", 0)
    for call in (account.admin.GetRule(name="max_precent"), account.admin.GetSensor(name="nul_percent")):
        refusal = await refused(call)
        assert refusal.code is StatusCode.NOT_FOUND
        assert "did you mean" in refusal.message


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

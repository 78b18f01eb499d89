from __future__ import annotations

import pytest

from dq_platform.checks.engines import engines_that_refuse, engines_that_run
from dq_platform.checks.sensors.registry import SENSOR_REGISTRY
from dq_platform.checks.validation import validate_check
from dq_platform.connectors.factory import ConnectorFactory
from dq_platform.connectors.postgresql import PostgreSQLConnector
from dq_platform.errors import Unsupported
from tests.dialects import DIALECTS
from tests.unit.checks.test_validation import TABLE, draft


class WithoutRegex(PostgreSQLConnector):
    """An engine that has no regular expressions."""

    dialect = DIALECTS["sqlserver"]


@pytest.fixture(autouse=True)
def sqlserver(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(ConnectorFactory._registered, "sqlserver", WithoutRegex)


@pytest.mark.parametrize(
    ("check_type", "params"),
    [
        ("text_not_matching_regex_found", {"regex": "^a"}),
        ("invalid_email_format_percent", {}),
        ("detected_datatype_in_text", {}),
        ("contains_ip4_percent", {}),
    ],
)
def test_a_check_that_an_engine_cannot_run_is_refused_with_the_reason(
    check_type: str, params: dict[str, object]
) -> None:
    with pytest.raises(Unsupported) as error:
        validate_check(draft(check_type, "email", sensor_params=params), TABLE, "sqlserver")
    sensor = error.value.facts["sensor"]
    assert error.value.message == f"sqlserver cannot run the sensor {sensor!r}: it lacks regex."
    assert (error.value.facts["connection_type"], error.value.facts["missing"]) == ("sqlserver", "regex")


def test_an_engine_either_runs_a_sensor_or_refuses_it_with_the_reason() -> None:
    for sensor in SENSOR_REGISTRY.items():
        run, refuse = engines_that_run(sensor), engines_that_refuse(sensor)
        assert sorted([*run, *refuse]) == ConnectorFactory.types()
        assert ("sqlserver" in refuse) == bool(sensor.needs), sensor.name
        assert all("it lacks" in why for why in refuse.values())

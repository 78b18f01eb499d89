"""Which engines can run what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dq_platform.checks.sensors.registry import SensorType
from dq_platform.connectors.dialect import Dialect
from dq_platform.connectors.factory import ConnectorFactory


def lacks(sensor: SensorType, dialect: Dialect) -> str:
    """What the engine lacks to run the sensor, as a list in words; empty if it can run it."""
    return ", ".join(sorted(sensor.needs - dialect.capabilities))


def refusal(sensor: SensorType, engine: str) -> str:
    """Why the engine cannot run the sensor, as a sentence; empty if it can."""
    missing = lacks(sensor, ConnectorFactory.get(engine).dialect)
    return f"{engine} cannot run the sensor {sensor.name!r}: it lacks {missing}." if missing else ""


def engines_that_run(sensor: SensorType) -> Sequence[str]:
    """Connection types, sorted."""
    return [engine for engine in ConnectorFactory.types() if not refusal(sensor, engine)]


def engines_that_refuse(sensor: SensorType) -> Mapping[str, str]:
    """The other connection types, and why they cannot."""
    return {engine: why for engine in ConnectorFactory.types() if (why := refusal(sensor, engine))}

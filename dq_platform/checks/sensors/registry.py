"""The sensors that checks can use, by name. A sensor is one file: a TOML header in the first comment, then Jinja2."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from importlib import import_module, resources
from importlib.resources.abc import Traversable
from types import ModuleType
from typing import Any

from dq_platform.checks.level import Level
from dq_platform.checks.params import VALUES, ParamKind, ParamSpec
from dq_platform.checks.registry import Registry
from dq_platform.checks.sensors.rows import JUDGING
from dq_platform.checks.sensors.statistic import Statistic
from dq_platform.connectors.dialect import Capability
from dq_platform.models.metadata import DataType
from dq_platform.models.values import ValueKind

SUFFIX = ".sql.j2"

TYPE_GROUPS: Mapping[str, frozenset[DataType]] = {
    "any": frozenset(DataType),
    "boolean": frozenset({DataType.BOOLEAN}),
    "comparable": frozenset(DataType) - {DataType.JSON, DataType.BINARY},
    "number": frozenset({DataType.INTEGER, DataType.DECIMAL, DataType.FLOAT}),
    "temporal": frozenset({DataType.DATE, DataType.TIMESTAMP, DataType.TIMESTAMP_TZ}),
    "text": frozenset({DataType.TEXT, DataType.UUID, DataType.JSON, DataType.OTHER}),
}
"""Words that a header's `accepts` uses for data types that belong together."""

USUAL_UNITS: Mapping[str, str] = {"_percent": "%", "_count": "rows"}
"""The unit of sensors whose header has none, by how their names end."""

USERS_SQL = frozenset({ParamKind.SQL_CONDITION, ParamKind.SQL_EXPRESSION, ParamKind.SQL_QUERY})
"""Parameters that are SQL which a user wrote."""


def kind_of(data_type: DataType) -> ValueKind:
    """What a value of a column of this type is when it is measured as it is."""
    if data_type in TYPE_GROUPS["number"]:
        return ValueKind.NUMBER
    return ValueKind.MOMENT if data_type in TYPE_GROUPS["temporal"] else ValueKind.TEXT


@dataclass(frozen=True, slots=True)
class SensorType:
    """One sensor as the catalogue shows it.

    `accepts` are the data types of the column that it can measure. `metadata` sensors read the table's catalogue
    entry: no SQL, and neither the table nor the column needs to exist. `groupable` false: the number is one for the
    whole table, so neither grouping nor partitions apply. `on_failure` is what it measures if the table cannot be read,
    for sensors that ask just that; None: then it has failed. `on_no_rows` is what it measures in a partition without
    rows, of which the source cannot tell; None: such a partition has no result. `imports` sensors bring the severity
    along, so that no rule judges. `keeps_type`: what it measures is a value of the column's own type, such as a date;
    otherwise it is a number. `unit` is that of the numbers, empty if they have that of the column, or none; it need not
    be written for names that end in `_percent` or `_count`, before `_on_table` or `_on_column`, whose units are `%` and
    `rows`. `measures` says what kind of number it is, which decides whether a sample of the rows can tell it.
    `template` is the Jinja2 source.
    """

    name: str
    level: Level
    description: str
    template: str
    params: tuple[ParamSpec, ...] = ()
    needs: frozenset[Capability] = frozenset()
    accepts: frozenset[DataType] = frozenset(DataType)
    metadata: bool = False
    groupable: bool = True
    on_failure: int | None = None
    on_no_rows: int | None = None
    imports: bool = False
    unit: str = ""
    keeps_type: bool = False
    measures: Statistic = Statistic.OTHER

    def accepted_by(self, kinds: Set[ValueKind]) -> frozenset[DataType]:
        """The types of columns of which it measures values of these kinds."""
        if not self.keeps_type:
            return self.accepts
        return frozenset(accepted for accepted in self.accepts if kind_of(accepted) in kinds)

    @property
    def column_alone(self) -> bool:
        """Whether nothing but the column decides what it measures: it names no other, and no SQL is the user's."""
        return self.level is Level.COLUMN and all(param.kind in VALUES for param in self.params)

    @property
    def reads_rows(self) -> bool:
        """Whether rows are what it looks at, so that a filter means something."""
        return not self.metadata and self.on_failure is None

    @property
    def judges_rows(self) -> bool:
        """Whether single rows speak against the data, so that there are error samples: its template then says which."""
        return bool(JUDGING & _templates().calls(self.template))

    @property
    def runs_users_sql(self) -> bool:
        """Whether a check's author writes SQL for it."""
        return any(spec.kind in USERS_SQL for spec in self.params)


def parse_sensor(name: str, level: Level, source: str) -> SensorType:
    """The sensor that a file's text declares. Raises ValueError naming the sensor if the header is wrong."""
    header, closed, _ = source.partition("#}")
    try:
        if not closed or not header.startswith("{#"):
            message = "the file must begin with a comment that holds its header"
            raise ValueError(message)
        return _sensor(name, level, tomllib.loads(header.removeprefix("{#").strip()), source)
    except (KeyError, TypeError, ValueError) as error:
        message = f"sensor {name!r}: {error}"
        raise ValueError(message) from error


def _sensor(name: str, level: Level, header: dict[str, Any], source: str) -> SensorType:
    groups = header.pop("accepts", ["any"])
    return SensorType(
        name=name,
        level=level,
        template=source,
        params=tuple(_param(param, dict(facts)) for param, facts in header.pop("params", {}).items()),
        needs=frozenset(Capability(need) for need in header.pop("needs", [])),
        accepts=_types(groups),
        unit=header.pop("unit", _usual_unit(name)),
        measures=Statistic(header.pop("measures", Statistic.OTHER)),
        **header,
    )


def _usual_unit(name: str) -> str:
    stem = name.removesuffix("_on_table").removesuffix("_on_column")
    return next((unit for ending, unit in USUAL_UNITS.items() if stem.endswith(ending)), "")


def _param(name: str, facts: dict[str, Any]) -> ParamSpec:
    default = facts.pop("default", None)
    optional = facts.pop("optional", False)
    return ParamSpec(
        name=name,
        kind=ParamKind(facts.pop("type")),
        required=default is None and not optional,
        default=default,
        choices=tuple(facts.pop("choices", ())),
        accepts=_types(facts.pop("accepts", ["any"])),
        **facts,
    )


def _types(groups: list[str]) -> frozenset[DataType]:
    return frozenset().union(*(TYPE_GROUPS[group] for group in groups))


def _load() -> Iterator[SensorType]:
    here = resources.files(__name__.rpartition(".")[0])
    for level in Level:
        yield from (_read(file, level) for file in here.joinpath(level.value).iterdir() if file.name.endswith(SUFFIX))


def _read(file: Traversable, level: Level) -> SensorType:
    return parse_sensor(file.name.removesuffix(SUFFIX), level, file.read_text(encoding="utf-8"))


def _parsed(sensor: SensorType) -> SensorType:
    """The sensor, if its template can be read."""
    try:
        _templates().require_readable(sensor.template)
    except ValueError as error:
        message = f"sensor {sensor.name!r}, {error}"
        raise ValueError(message) from error
    return sensor


def _templates() -> ModuleType:
    return import_module("dq_platform.checks.sensors.templates")


SENSOR_REGISTRY: Registry[SensorType] = Registry("sensor", _load, SensorType, _parsed)

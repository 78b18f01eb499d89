from __future__ import annotations

from collections.abc import Sequence

import pytest

from dq_platform.connectors.base import Guards
from dq_platform.connectors.factory import ConnectorFactory
from dq_platform.models.metadata import ColumnInfo, DataType, TableInfo
from tests.unit.connectors.fakes import FakeConnector

TABLES = ("a", "Bb", "c")


class OneByOne(FakeConnector):
    """Notes what it is asked, and finds tables whatever the case, as some engines do."""

    def __init__(self) -> None:
        super().__init__({}, Guards())
        self.asked: list[str] = []

    def get_tables(self, schema: str) -> list[TableInfo]:
        return [TableInfo(schema, name) for name in TABLES]

    def get_columns(self, schema: str, table: str) -> list[ColumnInfo]:
        self.asked.append(f"{schema}.{table}")
        return [ColumnInfo(table, 1, "int", DataType.INTEGER)] if table.lower() in ("a", "bb", "c") else []


class AtOnce(OneByOne):
    def get_all_columns(self, schema: str) -> dict[str, list[ColumnInfo]]:
        self.asked.append(f"{schema}.*")
        return {name: [ColumnInfo(name, 1, "int", DataType.INTEGER)] for name in TABLES}


@pytest.mark.parametrize(
    ("kind", "tables", "asked", "found"),
    [
        (AtOnce, ("a", "Bb", "gone"), ["s.*"], {"a", "Bb"}),
        (AtOnce, ("a", "bB"), ["s.*", "s.bB"], {"a", "bB"}),
        (AtOnce, ("a",), ["s.a"], {"a"}),
        (AtOnce, (), [], set()),
        (OneByOne, ("a", "gone"), ["s.a", "s.gone"], {"a"}),
    ],
)
def test_several_tables_are_read_at_once_where_the_engine_can(
    kind: type[OneByOne], tables: Sequence[str], asked: list[str], found: set[str]
) -> None:
    connector = kind()
    assert set(connector.get_columns_of("s", tables)) == found
    assert connector.asked == asked


def test_an_engine_without_a_way_of_its_own_asks_for_one_table_after_another() -> None:
    connector = OneByOne()
    assert set(connector.get_all_columns("s")) == set(TABLES)
    assert connector.asked == ["s.a", "s.Bb", "s.c"]
    assert (OneByOne.reads_schemas_at_once(), AtOnce.reads_schemas_at_once()) == (False, True)


@pytest.mark.parametrize("engine", ConnectorFactory.types())
def test_every_engine_of_ours_tells_a_schema_at_once(engine: str) -> None:
    assert ConnectorFactory.get(engine).reads_schemas_at_once()

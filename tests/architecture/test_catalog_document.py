from datetime import UTC, datetime
from pathlib import Path

import pytest
from google.protobuf import json_format

from dq.v1 import check_pb2
from dq_platform.checks.catalog.declare import CheckType
from dq_platform.checks.catalog.registry import CHECK_REGISTRY
from dq_platform.checks.catalog_document import document
from dq_platform.checks.catalog_example import COLUMNS, example
from dq_platform.checks.other_tables import KnownTable, other_tables
from dq_platform.checks.validation import validate_check
from dq_platform.models.metadata import ColumnInfo, TableInfo, TableSnapshot
from services.check.mapping_check import new_check

DOCUMENT = Path(__file__).parents[2] / "docs" / "catalog.md"
ORDERS = TableSnapshot(
    "c",
    TableInfo("public", "orders"),
    tuple(ColumnInfo(name, place, kind, kind) for place, (kind, name) in enumerate(COLUMNS.items(), 1)),
    datetime(2026, 1, 1, tzinfo=UTC),
)


def test_the_document_is_what_the_registries_say() -> None:
    assert DOCUMENT.read_text() == document(), "docs/catalog.md differs from the registries: run make gen"


@pytest.mark.parametrize("one", CHECK_REGISTRY.items(), ids=lambda one: one.name)
def test_its_example_is_a_check_that_can_be_created(one: CheckType) -> None:
    message = json_format.ParseDict(example(one), check_pb2.Check())
    draft = new_check(message).draft
    others = {name: KnownTable("postgresql", ORDERS) for name in other_tables(draft)}
    valid = validate_check(draft, ORDERS, "postgresql", others)
    assert valid.check_type == one.name

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import pytest
from grpc import StatusCode

from dq.v1 import baseline_pb2, check_pb2, metadata_pb2, result_pb2
from dq_platform.models.workspace import Role
from services.common.structs import to_struct
from tests.engines.postgres import PostgresServer
from tests.services.platform import fields_of, refused
from tests.services.shop import SOURCE, Shop

Alter = Callable[[str], None]


@pytest.fixture
def alter(postgres: PostgresServer) -> Iterator[Alter]:
    """Changes a table of the source, which is gone after the test."""

    def run(sql: str) -> None:
        with closing(postgres.connect(SOURCE)) as link, link, link.cursor() as cursor:
            cursor.execute(sql)

    run("CREATE TABLE shop.parcels (id int NOT NULL, note text)")
    yield run
    run("DROP TABLE shop.parcels")


async def pinned(shop: Shop, check_type: str = "column_types_changed") -> check_pb2.Check:
    target = check_pb2.Target(connection_id=shop.connection.id, schema_name="shop", table_name="parcels")
    thresholds = check_pb2.Thresholds(error=to_struct({}))
    check = check_pb2.Check(target=target, check_type=check_type, thresholds=thresholds)
    return (await shop.admin.CreateCheck(check=check)).check


def change(kind: str, name: str, before: str = "", after: str = "") -> baseline_pb2.ColumnChange:
    number = baseline_pb2.ColumnChangeKind.Value(f"COLUMN_CHANGE_KIND_{kind}")
    return baseline_pb2.ColumnChange(kind=number, column_name=name, before=before, after=after)


async def test_a_new_check_has_the_columns_of_its_table_as_its_baseline(shop: Shop, alter: Alter) -> None:
    check = await pinned(shop)
    [baseline] = (await shop.admin.ListBaselines(check_id=check.id)).baselines
    assert (baseline.check_id, baseline.number, baseline.actor) == (check.id, 1, "admin")
    assert baseline.create_time == check.create_time
    assert list(baseline.columns) == [
        metadata_pb2.Column(
            column_name="id", position=1, engine_type="integer", data_type=metadata_pb2.DATA_TYPE_INTEGER
        ),
        metadata_pb2.Column(
            column_name="note", position=2, engine_type="text", data_type=metadata_pb2.DATA_TYPE_TEXT, nullable=True
        ),
    ]
    assert not baseline.changes


async def test_changes_are_previewed_accepted_and_listed(shop: Shop, alter: Alter) -> None:
    check = await pinned(shop)
    alter("ALTER TABLE shop.parcels ALTER COLUMN id TYPE bigint, ALTER COLUMN note SET NOT NULL, ADD COLUMN day date")
    [seen] = (await shop.admin.PreviewCheck(check_id=check.id)).results
    assert (seen.outcome, seen.value) == (result_pb2.OUTCOME_ERROR, 3)
    changes = [
        change("ADDED", "day", after="date"),
        change("RETYPED", "id", "integer", "bigint"),
        change("NULLABILITY", "note", "NULL", "NOT NULL"),
    ]
    shown = await shop.admin.AcceptBaseline(check_id=check.id, validate_only=True)
    assert list(shown.changes) == changes
    accepted = await shop.admin.AcceptBaseline(check_id=check.id, note="release 12", expected_changes=shown.changes)
    assert list(accepted.changes) == list(accepted.baseline.changes) == changes
    assert (accepted.baseline.number, accepted.baseline.note) == (2, "release 12")
    listed = (await shop.admin.ListBaselines(check_id=check.id)).baselines
    assert (listed[0], fields_of(listed, "number")) == (accepted.baseline, [2, 1])
    [seen] = (await shop.admin.PreviewCheck(check_id=check.id)).results
    assert seen.outcome == result_pb2.OUTCOME_PASSED


async def test_baselines_come_in_pages(shop: Shop, alter: Alter) -> None:
    check = await pinned(shop)
    for number in range(2):
        alter(f"ALTER TABLE shop.parcels ADD COLUMN extra_{number} int")
        await shop.admin.AcceptBaseline(check_id=check.id)
    first = await shop.admin.ListBaselines(check_id=check.id, page_size=2)
    rest = await shop.admin.ListBaselines(check_id=check.id, page_size=2, page_token=first.next_page_token)
    assert fields_of([*first.baselines, *rest.baselines], "number") == [3, 2, 1]
    assert rest.next_page_token == ""


async def test_changes_that_nobody_has_seen_are_not_accepted(shop: Shop, alter: Alter) -> None:
    check = await pinned(shop)
    alter("ALTER TABLE shop.parcels DROP COLUMN note")
    expected = [change("REMOVED", "id", before="integer")]
    refusal = await refused(shop.admin.AcceptBaseline(check_id=check.id, expected_changes=expected))
    assert (refusal.code, refusal.reason) == (StatusCode.FAILED_PRECONDITION, "UNEXPECTED_CHANGES")
    assert "removed note" in refusal.message
    assert len((await shop.admin.ListBaselines(check_id=check.id)).baselines) == 1


async def test_a_check_without_a_baseline_has_none_to_accept_or_list(shop: Shop) -> None:
    check = await shop.stored_check()
    refusal = await refused(shop.admin.AcceptBaseline(check_id=check.id))
    assert (refusal.code, refusal.reason) == (StatusCode.FAILED_PRECONDITION, "CHECK_WITHOUT_BASELINE")
    assert refusal.info["check_type"] == "nulls_percent"
    assert not (await shop.admin.ListBaselines(check_id=check.id)).baselines


async def test_a_table_that_is_gone_cannot_be_accepted(shop: Shop, alter: Alter) -> None:
    check = await pinned(shop)
    alter("ALTER TABLE shop.parcels RENAME TO moved")
    refusal = await refused(shop.admin.AcceptBaseline(check_id=check.id))
    alter("ALTER TABLE shop.moved RENAME TO parcels")
    assert (refusal.code, refusal.reason) == (StatusCode.FAILED_PRECONDITION, "TABLE_NOT_FOUND")


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"check_id": ""}, "check_id"),
        ({"note": "x" * 2001}, "note"),
        ({"expected_changes": [baseline_pb2.ColumnChange(column_name="id")]}, "expected_changes[0].kind"),
        ({"expected_changes": [baseline_pb2.ColumnChange(kind=99, column_name="id")]}, "expected_changes[0].kind"),
    ],
)
async def test_what_cannot_be_accepted_is_named(shop: Shop, alter: Alter, fields: Any, field: str) -> None:
    check = await pinned(shop)
    refusal = await refused(shop.admin.AcceptBaseline(**({"check_id": check.id} | fields)))
    assert refusal.code is StatusCode.INVALID_ARGUMENT
    assert field in refusal.violations


async def test_a_viewer_reads_baselines_and_an_editor_accepts_them(shop: Shop, alter: Alter) -> None:
    check = await pinned(shop)
    viewer, operator, editor = [
        await shop.account.with_role(role) for role in (Role.VIEWER, Role.OPERATOR, Role.EDITOR)
    ]
    assert len((await viewer.ListBaselines(check_id=check.id)).baselines) == 1
    for client in (viewer, operator):
        assert (await refused(client.AcceptBaseline(check_id=check.id))).code is StatusCode.PERMISSION_DENIED
    alter("ALTER TABLE shop.parcels ADD COLUMN day date")
    accepted = await editor.AcceptBaseline(check_id=check.id)
    assert accepted.baseline.actor == "editor"

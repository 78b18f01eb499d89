from __future__ import annotations

import pytest
from google.protobuf.field_mask_pb2 import FieldMask
from grpc import StatusCode

from dq.v1 import connection_pb2, metadata_pb2
from dq_platform.models.workspace import Role
from services.common.structs import plain, to_struct
from tests.services.platform import Account, fields_of, refused
from tests.services.shop import Shop, connection_to


async def test_a_connection_comes_back_without_its_secrets(shop: Shop) -> None:
    got = (await shop.admin.GetConnection(connection_id=shop.connection.id)).connection
    assert got == shop.connection
    assert got.type == "postgresql"
    assert got.time_zone == "UTC"
    assert got.configured_secrets == ["password"]
    assert "password" not in got.settings.fields
    assert plain(got.settings)["port"] == shop.postgres.params.port
    assert shop.postgres.params.password not in str(got)


async def test_everything_that_is_wrong_with_a_connection_is_told_at_once(account: Account) -> None:
    wanted = connection_pb2.Connection(
        display_name="x" * 201,
        type="postgresql",
        settings=to_struct({"hst": "db", "port": 99999, "password": "do-not-tell"}),
        time_zone="Europe/Nowhere",
    )
    refusal = await refused(account.admin.CreateConnection(connection=wanted))
    assert refusal.code is StatusCode.INVALID_ARGUMENT
    assert refusal.reason == "INVALID_ARGUMENT"
    assert {"connection.display_name", "connection.time_zone", "connection.settings.hst"} <= refusal.violations.keys()
    assert "do-not-tell" not in refusal.everything


async def test_required_fields_that_are_missing_are_told_at_once(account: Account) -> None:
    refusal = await refused(account.admin.CreateConnection(connection=connection_pb2.Connection()))
    assert refusal.violations == {
        "connection.display_name": "is required",
        "connection.type": "is required",
        "connection.settings": "is required",
    }


async def test_an_unknown_type_is_answered_with_the_nearest_names(account: Account) -> None:
    wanted = connection_pb2.Connection(display_name="a", type="postgres", settings=to_struct({"host": "x"}))
    refusal = await refused(account.admin.CreateConnection(connection=wanted))
    assert "postgresql" in refusal.violations["connection.type"]


async def test_a_list_comes_in_pages_that_hold_everything_once(account: Account, shop: Shop) -> None:
    made = [shop.connection.id]
    for number in range(4):
        wanted = connection_to(shop.postgres)
        wanted.display_name = f"shop {number}"
        made.append((await account.admin.CreateConnection(connection=wanted)).connection.id)
    seen: list[str] = []
    token = ""
    for _ in range(3):
        page = await account.admin.ListConnections(page_size=2, page_token=token)
        assert len(page.connections) <= 2
        seen += fields_of(page.connections, "id")
        token = page.next_page_token
    assert token == ""
    assert seen == made


async def test_an_operator_pauses_and_resumes_and_an_update_cannot(shop: Shop, account: Account) -> None:
    operator, viewer = await account.with_role(Role.OPERATOR), await account.with_role(Role.VIEWER)
    mine = {"connection_id": shop.connection.id}
    paused = (await operator.PauseConnection(**mine, note="moves")).connection
    assert (paused.paused, paused.paused_by, paused.pause_note) == (True, "operator", "moves")
    assert paused.HasField("pause_time")
    wanted = connection_pb2.Connection(id=shop.connection.id, paused=False, description="ours")
    mask = FieldMask(paths=["paused", "description"])
    assert (await shop.admin.UpdateConnection(connection=wanted, update_mask=mask)).connection.paused
    listed = (await shop.admin.ListConnections()).connections
    assert [one.paused for one in listed] == [True]
    assert (await refused(viewer.ResumeConnection(**mine))).code is StatusCode.PERMISSION_DENIED
    resumed = (await operator.ResumeConnection(**mine)).connection
    assert (resumed.paused, resumed.paused_by, resumed.HasField("pause_time")) == (False, "", False)


async def test_a_token_of_a_list_with_another_filter_is_refused(account: Account, shop: Shop) -> None:
    await account.admin.CreateConnection(connection=connection_to(shop.postgres))
    token = (await account.admin.ListConnections(page_size=1)).next_page_token
    refusal = await refused(account.admin.ListConnections(page_size=1, page_token=token, type="postgresql"))
    assert refusal.code is StatusCode.INVALID_ARGUMENT
    assert "page_token" in refusal.violations


async def test_an_update_changes_what_its_mask_names_and_nothing_else(shop: Shop) -> None:
    wanted = connection_pb2.Connection(id=shop.connection.id, display_name="new", description="not this")
    updated = await shop.admin.UpdateConnection(connection=wanted, update_mask=FieldMask(paths=["display_name"]))
    assert updated.connection.display_name == "new"
    assert updated.connection.description == ""
    assert updated.connection.etag != shop.connection.etag
    assert updated.connection.settings == shop.connection.settings


async def test_one_limit_of_a_budget_is_set_and_cleared_alone(shop: Shop) -> None:
    async def changed(*paths: str, **limits: int | bool) -> connection_pb2.Connection:
        wanted = connection_pb2.Connection(id=shop.connection.id, budget=connection_pb2.Budget(**limits))
        mask = FieldMask(paths=paths)
        return (await shop.admin.UpdateConnection(connection=wanted, update_mask=mask)).connection

    assert not shop.connection.HasField("budget")
    both = connection_pb2.Budget(max_scanned_row_count=5_000_000_000, allow_unknown_size=True)
    assert (await changed(max_scanned_row_count=5_000_000_000, allow_unknown_size=True)).budget == both
    both.max_concurrent_statement_count = 2
    assert (await changed(max_concurrent_statement_count=2)).budget == both
    both.ClearField("max_scanned_row_count")
    assert (await changed("budget.max_scanned_row_count")).budget == both
    assert not (await changed("budget")).HasField("budget")


async def test_everything_wrong_with_a_budget_is_told_and_nothing_is_changed(shop: Shop) -> None:
    wrong = connection_pb2.Budget(max_scanned_row_count=0, max_concurrent_statement_count=-1, max_scanned_bytes=7)
    wanted = connection_pb2.Connection(id=shop.connection.id, budget=wrong)
    refusal = await refused(shop.admin.UpdateConnection(connection=wanted))
    assert refusal.violations.keys() == {
        "connection.budget.max_scanned_row_count",
        "connection.budget.max_concurrent_statement_count",
    }
    assert "is -1; it takes 1 to 1,000" in refusal.violations["connection.budget.max_concurrent_statement_count"]
    assert (await shop.admin.GetConnection(connection_id=shop.connection.id)).connection == shop.connection


async def test_an_update_of_one_setting_keeps_the_others_and_the_secrets(shop: Shop) -> None:
    wanted = connection_pb2.Connection(id=shop.connection.id, settings=to_struct({"user": "nobody"}))
    updated = (await shop.admin.UpdateConnection(connection=wanted)).connection
    assert plain(updated.settings) == plain(shop.connection.settings) | {"user": "nobody"}
    assert updated.configured_secrets == ["password"]


async def test_a_secret_is_removed_by_setting_it_to_null(shop: Shop) -> None:
    wanted = connection_pb2.Connection(id=shop.connection.id, settings=to_struct({"password": None}))
    updated = (await shop.admin.UpdateConnection(connection=wanted)).connection
    assert updated.configured_secrets == []
    assert updated.settings == shop.connection.settings


async def test_the_type_of_a_connection_cannot_be_changed(shop: Shop) -> None:
    wanted = connection_pb2.Connection(id=shop.connection.id, type="mysql")
    refusal = await refused(shop.admin.UpdateConnection(connection=wanted))
    assert refusal.violations == {"connection.type": "cannot be changed"}


async def test_an_update_must_say_of_what(shop: Shop) -> None:
    refusal = await refused(shop.admin.UpdateConnection(connection={"display_name": "x"}))
    assert refusal.violations == {"connection.id": "is required"}


async def test_an_unknown_field_in_a_mask_is_answered_with_those_that_exist(shop: Shop) -> None:
    wanted = connection_pb2.Connection(id=shop.connection.id, display_name="x")
    refusal = await refused(shop.admin.UpdateConnection(connection=wanted, update_mask=FieldMask(paths=["nme"])))
    assert "'nme'" in refusal.violations["update_mask"]
    assert "display_name" in refusal.violations["update_mask"]


async def test_an_outdated_etag_aborts_an_update_and_a_deletion(shop: Shop) -> None:
    wanted = connection_pb2.Connection(id=shop.connection.id, display_name="new")
    await shop.admin.UpdateConnection(connection=wanted)
    wanted.etag = shop.connection.etag
    for call in (
        shop.admin.UpdateConnection(connection=wanted),
        shop.admin.DeleteConnection(connection_id=shop.connection.id, etag=shop.connection.etag),
    ):
        refusal = await refused(call)
        assert (refusal.code, refusal.reason) == (StatusCode.ABORTED, "ETAG_MISMATCH")


async def test_if_match_in_the_metadata_is_the_etag_of_a_request_without_one(shop: Shop) -> None:
    outdated = shop.admin.with_metadata(("if-match", '"999"'))
    wanted = connection_pb2.Connection(id=shop.connection.id, display_name="new")
    assert (await refused(outdated.UpdateConnection(connection=wanted))).reason == "ETAG_MISMATCH"
    assert (await refused(outdated.DeleteConnection(connection_id=shop.connection.id))).reason == "ETAG_MISMATCH"
    current = shop.admin.with_metadata(("if-match", shop.connection.etag))
    await current.DeleteConnection(connection_id=shop.connection.id)


async def test_a_connection_with_checks_is_deleted_by_force_only(shop: Shop) -> None:
    check = await shop.stored_check()
    refusal = await refused(shop.admin.DeleteConnection(connection_id=shop.connection.id))
    assert (refusal.code, refusal.reason) == (StatusCode.FAILED_PRECONDITION, "CONNECTION_IN_USE")
    assert refusal.details["PreconditionFailure"].violations[0].type == "CONNECTION_IN_USE"
    await shop.admin.DeleteConnection(connection_id=shop.connection.id, force=True)
    assert (await refused(shop.admin.GetCheck(check_id=check.id))).reason == "CHECK_NOT_FOUND"


async def test_a_test_tells_what_answered(shop: Shop) -> None:
    found = await shop.admin.TestConnection(connection_id=shop.connection.id)
    assert found.product == "PostgreSQL"
    assert found.version
    assert found.latency_ms > 0


async def test_a_source_that_is_not_there_is_unavailable_and_says_when_to_try_again(shop: Shop) -> None:
    made = await shop.admin.CreateConnection(connection=connection_to(shop.postgres, port=1))
    refusal = await refused(shop.admin.TestConnection(connection_id=made.connection.id))
    assert (refusal.code, refusal.reason) == (StatusCode.UNAVAILABLE, "SOURCE_UNREACHABLE")
    assert refusal.details["RetryInfo"].retry_delay.seconds > 0


async def test_a_wrong_password_is_told_without_the_password(shop: Shop) -> None:
    wrong = connection_to(shop.postgres, password="wrong-and-private")
    made = await shop.admin.CreateConnection(connection=wrong)
    refusal = await refused(shop.admin.TestConnection(connection_id=made.connection.id))
    assert (refusal.code, refusal.reason) == (StatusCode.FAILED_PRECONDITION, "SOURCE_CREDENTIALS")
    assert "wrong-and-private" not in refusal.everything


async def test_schemas_tables_and_columns_are_listed_in_pages(shop: Shop) -> None:
    place = {"connection_id": shop.connection.id}
    assert "shop" in fields_of((await shop.admin.ListSchemas(**place)).schemas, "schema_name")
    first = await shop.admin.ListTables(**place, schema_name="shop", page_size=2)
    rest = await shop.admin.ListTables(**place, schema_name="shop", page_token=first.next_page_token)
    tables = [*first.tables, *rest.tables]
    assert fields_of(tables, "table_name") == ["customers", "orders", "paid_orders"]
    assert tables[2].kind == metadata_pb2.TABLE_KIND_VIEW
    columns = (await shop.admin.ListColumns(**place, schema_name="shop", table_name="orders")).columns
    assert fields_of(columns, "column_name") == ["id", "status", "amount", "placed_on"]
    assert columns[0].primary_key
    assert columns[2].data_type == metadata_pb2.DATA_TYPE_DECIMAL
    assert columns[2].comment == "what it cost"


async def test_what_was_kept_is_told_without_asking_the_source(shop: Shop) -> None:
    place = {"connection_id": shop.connection.id, "schema_name": "shop"}
    assert not (await shop.admin.ListSchemas(connection_id=shop.connection.id, cached=True)).schemas
    wanted = metadata_pb2.TableSettings(**place, table_name="orders", filter="1 = 1")
    await shop.admin.UpdateTableSettings(table_settings=wanted)  # looks at the table, and keeps what it sees
    assert fields_of(
        (await shop.admin.ListSchemas(connection_id=shop.connection.id, cached=True)).schemas, "schema_name"
    ) == ["shop"]
    [orders] = (await shop.admin.ListTables(**place, cached=True)).tables
    assert orders.table_name == "orders"
    assert orders.HasField("seen_time")
    live = await shop.admin.ListColumns(**place, table_name="orders")
    assert (await shop.admin.ListColumns(**place, table_name="orders", cached=True)).columns == live.columns
    [version] = (await shop.admin.ListTableHistory(**place, table_name="orders")).versions
    assert version.columns == live.columns
    assert version.first_seen_time == version.last_seen_time == orders.seen_time
    refusal = await refused(shop.admin.ListTableHistory(**place, table_name="nothing"))
    assert refusal.reason == "TABLE_NOT_FOUND"


async def test_a_table_that_does_not_exist_is_not_found(shop: Shop) -> None:
    place = {"connection_id": shop.connection.id, "schema_name": "shop", "table_name": "nothing"}
    refusal = await refused(shop.admin.ListColumns(**place))
    assert (refusal.code, refusal.reason) == (StatusCode.NOT_FOUND, "TABLE_NOT_FOUND")
    assert refusal.details["ResourceInfo"].resource_name == "shop.nothing"


async def test_table_settings_are_empty_until_somebody_says_something(shop: Shop) -> None:
    place = {"connection_id": shop.connection.id, "schema_name": "shop", "table_name": "orders"}
    assert (await shop.admin.GetTableSettings(**place)).table_settings.filter == ""
    wanted = metadata_pb2.TableSettings(**place, filter="status <> 'draft'")
    changed = (await shop.admin.UpdateTableSettings(table_settings=wanted)).table_settings
    assert "draft" in changed.filter
    assert (await shop.admin.GetTableSettings(**place)).table_settings == changed


@pytest.mark.parametrize("filter", ["status = 'a'; DROP TABLE x", "nosuch = 1"])
async def test_a_filter_that_is_no_condition_on_the_table_is_refused(shop: Shop, filter: str) -> None:
    wanted = metadata_pb2.TableSettings(
        connection_id=shop.connection.id, schema_name="shop", table_name="orders", filter=filter
    )
    refusal = await refused(shop.admin.UpdateTableSettings(table_settings=wanted))
    assert refusal.code is StatusCode.INVALID_ARGUMENT
    assert "table_settings.filter" in refusal.violations


async def test_a_repeated_request_id_returns_the_first_sync(shop: Shop) -> None:
    first = (await shop.admin.SyncMetadata(connection_id=shop.connection.id, request_id="once")).job
    again = (await shop.admin.SyncMetadata(connection_id=shop.connection.id, request_id="once")).job
    assert again == first
    assert first.connection_id == shop.connection.id


async def test_connection_types_are_described_with_their_settings(account: Account) -> None:
    types = (await account.admin.ListConnectionTypes()).connection_types
    assert fields_of(types, "name") == sorted(fields_of(types, "name"))
    assert {"postgresql", "mysql", "duckdb"} <= set(fields_of(types, "name"))
    postgresql = next(known for known in types if known.name == "postgresql")
    settings = {setting.name: setting for setting in postgresql.settings}
    assert settings["password"].secret
    assert settings["port"].kind == connection_pb2.SETTING_KIND_INTEGER


async def test_columns_of_table_settings_are_kept_changed_and_cleared(shop: Shop) -> None:
    place = {"connection_id": shop.connection.id, "schema_name": "shop", "table_name": "orders"}
    wanted = metadata_pb2.TableSettings(**place, id_columns=["id", "id"], pii_columns=["amount"])
    stored = (await shop.admin.UpdateTableSettings(table_settings=wanted)).table_settings
    assert (stored.id_columns, stored.pii_columns) == (["id"], ["amount"])
    only = metadata_pb2.TableSettings(**place, filter="id > 0")
    stored = (await shop.admin.UpdateTableSettings(table_settings=only)).table_settings
    assert (stored.id_columns, stored.pii_columns, bool(stored.filter)) == (["id"], ["amount"], True)
    mask = FieldMask(paths=["pii_columns"])
    cleared = metadata_pb2.TableSettings(**place)
    await shop.admin.UpdateTableSettings(table_settings=cleared, update_mask=mask)
    read = (await shop.admin.GetTableSettings(**place)).table_settings
    assert (read.id_columns, read.pii_columns) == (["id"], [])


async def test_columns_that_the_table_lacks_are_refused_with_those_it_has(shop: Shop) -> None:
    place = {"connection_id": shop.connection.id, "schema_name": "shop", "table_name": "orders"}
    wanted = metadata_pb2.TableSettings(**place, id_columns=["id", "xyz"], pii_columns=["amont"], filter="nothing = 1")
    refusal = await refused(shop.admin.UpdateTableSettings(table_settings=wanted))
    assert refusal.code is StatusCode.INVALID_ARGUMENT
    assert refusal.violations.keys() == {
        "table_settings.id_columns[1]",
        "table_settings.pii_columns[0]",
        "table_settings.filter",
    }
    assert "its columns are: id, " in refusal.violations["table_settings.id_columns[1]"]
    assert "amount" in refusal.violations["table_settings.pii_columns[0]"]
    assert not (await shop.admin.GetTableSettings(**place)).table_settings.id_columns

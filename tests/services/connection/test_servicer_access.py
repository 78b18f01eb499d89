from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from google.protobuf.field_mask_pb2 import FieldMask
from google.protobuf.timestamp_pb2 import Timestamp
from grpc import StatusCode

from dq.v1 import access_pb2, role_pb2
from dq_platform.models.workspace import Role
from tests.services.platform import Account, fields_of, refused


async def test_a_new_workspace_comes_with_an_admins_key_that_works(account: Account) -> None:
    name = f"w-{uuid4().hex}"
    made = await account.admin.CreateWorkspace(workspace=access_pb2.Workspace(name=name))
    assert made.workspace.display_name == name
    assert made.api_key.role == role_pb2.ROLE_ADMIN
    listed = await account.platform.client(made.secret).ListWorkspaces()
    assert list(listed.workspaces) == [made.workspace]


async def test_a_workspace_name_is_taken_once(account: Account) -> None:
    wanted = access_pb2.Workspace(name=f"w-{uuid4().hex}")
    await account.admin.CreateWorkspace(workspace=wanted)
    refusal = await refused(account.admin.CreateWorkspace(workspace=wanted))
    assert (refusal.code, refusal.reason) == (StatusCode.ALREADY_EXISTS, "ALREADY_EXISTS")
    assert refusal.details["ResourceInfo"].resource_name == wanted.name


@pytest.mark.parametrize("name", ["Has Spaces", "UPPER", "x" * 64])
async def test_a_workspace_name_has_lower_case_letters_digits_and_hyphens(account: Account, name: str) -> None:
    refusal = await refused(account.admin.CreateWorkspace(workspace=access_pb2.Workspace(name=name)))
    assert "workspace.name" in refusal.violations


async def test_a_workspace_sees_itself_and_no_other(account: Account, stranger: Account) -> None:
    own = (await account.admin.GetWorkspace(workspace_id=account.who.workspace_id)).workspace
    assert own.id == account.who.workspace_id
    refusal = await refused(account.admin.GetWorkspace(workspace_id=stranger.who.workspace_id))
    assert (refusal.code, refusal.reason) == (StatusCode.NOT_FOUND, "WORKSPACE_NOT_FOUND")


async def test_a_workspace_says_for_how_long_it_keeps_results(account: Account) -> None:
    own = (await account.admin.GetWorkspace(workspace_id=account.who.workspace_id)).workspace
    assert not own.HasField("result_retention_days")

    async def change(mask: list[str] | None = None, **fields: object) -> access_pb2.Workspace:
        wanted = access_pb2.Workspace(id=own.id, **fields)
        update_mask = FieldMask(paths=mask) if mask else None
        return (await account.admin.UpdateWorkspace(workspace=wanted, update_mask=update_mask)).workspace

    changed = await change(result_retention_days=400)
    assert (changed.result_retention_days, changed.display_name) == (400, own.display_name)
    assert await change(display_name="Shop", result_retention_days=30) == access_pb2.Workspace(
        id=own.id, name=own.name, display_name="Shop", create_time=own.create_time, result_retention_days=30
    )
    for days in (0, -1, 36_501):
        refusal = await refused(change(result_retention_days=days))
        assert refusal.violations.keys() == {"workspace.result_retention_days"}
    refusal = await refused(change(name="other"))
    assert "workspace.name" in refusal.violations
    assert not (await change(["result_retention_days"])).HasField("result_retention_days")


async def test_only_an_admin_changes_a_workspace_and_only_its_own(account: Account, stranger: Account) -> None:
    wanted = access_pb2.Workspace(id=account.who.workspace_id, result_retention_days=1)
    refusal = await refused((await account.with_role(Role.EDITOR)).UpdateWorkspace(workspace=wanted))
    assert refusal.code is StatusCode.PERMISSION_DENIED
    refusal = await refused(stranger.admin.UpdateWorkspace(workspace=wanted))
    assert (refusal.code, refusal.reason) == (StatusCode.NOT_FOUND, "WORKSPACE_NOT_FOUND")


async def test_a_new_key_works_and_is_never_shown_again(account: Account) -> None:
    wanted = access_pb2.ApiKey(display_name="airflow", role=role_pb2.ROLE_VIEWER)
    made = await account.admin.CreateApiKey(api_key=wanted)
    assert made.secret.startswith("dqp_")
    await account.platform.client(made.secret).ListJobs()
    listed = (await account.admin.ListApiKeys()).api_keys
    assert fields_of(listed, "display_name") == ["admin", "airflow"]
    assert made.secret not in str(listed)


async def test_a_key_that_expires_in_the_past_is_refused(account: Account) -> None:
    past = Timestamp()
    past.FromDatetime(datetime.now(UTC) - timedelta(days=1))
    wanted = access_pb2.ApiKey(display_name="old", role=role_pb2.ROLE_VIEWER, expire_time=past)
    refusal = await refused(account.admin.CreateApiKey(api_key=wanted))
    assert "api_key.expire_time" in refusal.violations


async def test_a_key_needs_a_name_and_a_role(account: Account) -> None:
    refusal = await refused(account.admin.CreateApiKey(api_key=access_pb2.ApiKey()))
    assert refusal.violations == {"api_key.display_name": "is required", "api_key.role": "is required"}


async def test_a_revoked_key_is_refused_by_a_server_that_has_not_seen_it(account: Account) -> None:
    wanted = access_pb2.ApiKey(display_name="gone", role=role_pb2.ROLE_VIEWER)
    made = await account.admin.CreateApiKey(api_key=wanted)
    first = (await account.admin.RevokeApiKey(api_key_id=made.api_key.id)).api_key
    again = (await account.admin.RevokeApiKey(api_key_id=made.api_key.id)).api_key
    assert first.HasField("revoke_time")
    assert again == first
    refusal = await refused(account.platform.client(made.secret).ListJobs())
    assert (refusal.code, refusal.reason) == (StatusCode.UNAUTHENTICATED, "API_KEY_INVALID")


async def test_keys_are_listed_in_pages(account: Account) -> None:
    for number in range(2):
        wanted = access_pb2.ApiKey(display_name=f"key {number}", role=role_pb2.ROLE_VIEWER)
        await account.admin.CreateApiKey(api_key=wanted)
    first = await account.admin.ListApiKeys(page_size=2)
    rest = await account.admin.ListApiKeys(page_size=2, page_token=first.next_page_token)
    assert fields_of([*first.api_keys, *rest.api_keys], "display_name") == ["admin", "key 0", "key 1"]
    assert rest.next_page_token == ""

"""Workspaces and the keys to them."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from dq_platform.app.changes import changed
from dq_platform.app.deps import Deps
from dq_platform.app.key_verifier import KeyVerifier
from dq_platform.app.review import MAX_NAME, Review
from dq_platform.errors import NotFound
from dq_platform.ids import new_id
from dq_platform.models.page import Page, PageRequest
from dq_platform.models.workspace import ApiKey, Principal, Role, Workspace

__all__ = [
    "KeyVerifier",
    "NewKey",
    "NewWorkspace",
    "create_api_key",
    "create_api_key_for",
    "create_workspace",
    "get_workspace",
    "list_api_keys",
    "list_workspaces",
    "revoke_api_key",
    "update_workspace",
]

_WORKSPACE_NAME = re.compile(r"[a-z0-9-]{1,63}")
SECRET_BYTES = 32
CHANGEABLE = frozenset({"display_name", "result_retention_days"})
MAX_RETENTION_DAYS = 36_500


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key and its whole text, which cannot be had again."""

    api_key: ApiKey
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class NewWorkspace:
    """A workspace, its first key (an admin's) and that key's whole text."""

    workspace: Workspace
    api_key: ApiKey
    secret: str = field(repr=False)


async def create_workspace(
    deps: Deps, name: str, display_name: str = "", key_name: str = "admin", result_retention_days: int | None = None
) -> NewWorkspace:
    """A new workspace with an admin's key. Raises AlreadyExists if the name is taken."""
    review = Review("workspace")
    if not _WORKSPACE_NAME.fullmatch(name):
        review.wrong("name", "takes 1 to 63 lower-case letters, digits and dashes.")
    review.text("display_name", display_name, most=MAX_NAME)
    review.text("key_name", key_name, most=MAX_NAME, required=True)
    _review_retention(review, result_retention_days)
    review.done()
    now = deps.clock.now()
    workspace = Workspace(new_id(), name, display_name or name, now, result_retention_days)
    key = await _new_key(deps, workspace.id, key_name, Role.ADMIN, None)
    async with deps.uow() as tx:
        await tx.workspaces.add(workspace)
        await tx.api_keys.add(key.api_key)
        await tx.commit()
    return NewWorkspace(workspace, key.api_key, key.secret)


async def get_workspace(deps: Deps, who: Principal, id: str) -> Workspace:
    """The caller's own workspace; every other one does not exist."""
    if id != who.workspace_id:
        raise NotFound("workspace", id)
    async with deps.uow() as tx:
        return await tx.workspaces.get(id)


async def update_workspace(deps: Deps, who: Principal, id: str, changes: Mapping[str, object]) -> Workspace:
    """The caller's workspace with a new display name, or keeping its results for longer or shorter."""
    if id != who.workspace_id:
        raise NotFound("workspace", id)
    async with deps.uow() as tx:
        before = await tx.workspaces.get(id, lock=True)
        after = changed(before, changes, CHANGEABLE, "workspace")
        after = replace(after, display_name=after.display_name or after.name)
        review = Review("workspace")
        review.text("display_name", after.display_name, most=MAX_NAME)
        _review_retention(review, after.result_retention_days)
        review.done()
        await tx.workspaces.update(after)
        await tx.commit()
    return after


async def list_workspaces(deps: Deps, who: Principal, page: PageRequest) -> Page[Workspace]:
    """The caller's own workspace."""
    if page.after:
        return Page([])
    return Page([await get_workspace(deps, who, who.workspace_id)])


async def create_api_key(
    deps: Deps, who: Principal, display_name: str, role: Role, expire_time: datetime | None = None
) -> NewKey:
    """A new key to the caller's workspace."""
    return await _add_key(deps, who.workspace_id, display_name, role, expire_time)


async def create_api_key_for(deps: Deps, workspace_name: str, display_name: str, role: Role) -> NewKey:
    """A new key to the workspace of that name. Raises NotFound."""
    async with deps.uow() as tx:
        workspace = await tx.workspaces.by_name(workspace_name)
    if workspace is None:
        raise NotFound("workspace", workspace_name)
    return await _add_key(deps, workspace.id, display_name, role, None)


async def list_api_keys(deps: Deps, who: Principal, page: PageRequest) -> Page[ApiKey]:
    """The workspace's keys by creation, revoked ones too."""
    async with deps.uow() as tx:
        return await tx.api_keys.list(who.workspace_id, page)


async def revoke_api_key(deps: Deps, who: Principal, id: str) -> ApiKey:
    """The key, of no use from now on; processes that remember it forget it within a minute."""
    async with deps.uow() as tx:
        key = await tx.api_keys.revoke(who.workspace_id, id, deps.clock.now())
        await tx.commit()
    return key


def _review_retention(review: Review, days: int | None) -> None:
    if days is not None and not 1 <= days <= MAX_RETENTION_DAYS:
        review.wrong(
            "result_retention_days",
            f"{days} is not between 1 and {MAX_RETENTION_DAYS}; leave it unset to keep results for ever.",
            "OUT_OF_RANGE",
        )


async def _add_key(
    deps: Deps, workspace_id: str, display_name: str, role: Role, expire_time: datetime | None
) -> NewKey:
    review = Review("api_key")
    review.text("display_name", display_name, most=MAX_NAME, required=True)
    if expire_time is not None and expire_time <= deps.clock.now():
        review.wrong("expire_time", f"{expire_time.isoformat()} is not in the future.", "TIME_IN_THE_PAST")
    review.done()
    key = await _new_key(deps, workspace_id, display_name, role, expire_time)
    async with deps.uow() as tx:
        await tx.api_keys.add(key.api_key)
        await tx.commit()
    return key


async def _new_key(
    deps: Deps, workspace_id: str, display_name: str, role: Role, expire_time: datetime | None
) -> NewKey:
    key_id, secret = new_id(), secrets.token_urlsafe(SECRET_BYTES)
    hashed = await deps.hasher.hash(secret)
    key = ApiKey(key_id, workspace_id, display_name, role, hashed, deps.clock.now(), expire_time)
    return NewKey(key, f"dqp_{UUID(key_id).hex}_{secret}")

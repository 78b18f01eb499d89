from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from dq_platform.app import access
from dq_platform.app.access import KeyVerifier
from dq_platform.errors import AlreadyExists, Invalid, NotFound, Unauthenticated
from dq_platform.ids import new_id
from dq_platform.models.page import PageRequest
from dq_platform.models.workspace import Role
from dq_platform.ports import SecretHasher
from tests.integration.work.world import ALL, World


@dataclass(slots=True)
class CountingHasher:
    """Counts what the real one is asked."""

    real: SecretHasher
    verified: list[str] = field(default_factory=list)

    async def hash(self, secret: str) -> bytes:
        return await self.real.hash(secret)

    async def verify(self, secret: str, hashed: bytes) -> bool:
        self.verified.append(secret)
        return await self.real.verify(secret, hashed)


async def test_a_new_workspace_comes_with_an_admins_key_that_works(world: World) -> None:
    name = f"acme-{new_id()[:8]}"
    made = await access.create_workspace(world.deps, name)
    who = await KeyVerifier(world.deps).verify(made.secret)
    assert (who.workspace_id, who.role, who.key_name) == (made.workspace.id, Role.ADMIN, "admin")
    assert await access.get_workspace(world.deps, who, made.workspace.id) == made.workspace
    assert (await access.list_workspaces(world.deps, who, ALL)).items == [made.workspace]
    assert made.secret not in repr(made)
    with pytest.raises(AlreadyExists):
        await access.create_workspace(world.deps, name)


@pytest.mark.parametrize("name", ["", "Acme", "a b", "a" * 64, "ä"])
async def test_a_workspace_name_is_lower_case_letters_digits_and_dashes(world: World, name: str) -> None:
    with pytest.raises(Invalid) as caught:
        await access.create_workspace(world.deps, name)
    assert [violation.field for violation in caught.value.violations] == ["workspace.name"]


async def test_keys_are_made_listed_and_revoked(world: World) -> None:
    new = await access.create_api_key(world.deps, world.who, "reader", Role.VIEWER)
    verifier = KeyVerifier(world.deps)
    assert (await verifier.verify(new.secret)).role is Role.VIEWER
    listed = (await access.list_api_keys(world.deps, world.who, ALL)).items
    assert [key.display_name for key in listed] == ["admin", "reader"]
    assert listed[1].last_used_time is not None
    revoked = await access.revoke_api_key(world.deps, world.who, new.api_key.id)
    again = await access.revoke_api_key(world.deps, world.who, new.api_key.id)
    assert revoked.revoke_time == again.revoke_time is not None
    with pytest.raises(Unauthenticated):
        await KeyVerifier(world.deps).verify(new.secret)
    world.clock.advance(timedelta(seconds=61))
    with pytest.raises(Unauthenticated):
        await verifier.verify(new.secret)


async def test_bootstrap_makes_a_key_to_a_workspace_by_name(world: World) -> None:
    workspace = await access.get_workspace(world.deps, world.who, world.who.workspace_id)
    new = await access.create_api_key_for(world.deps, workspace.name, "ci", Role.OPERATOR)
    assert (await KeyVerifier(world.deps).verify(new.secret)).workspace_id == workspace.id
    with pytest.raises(NotFound):
        await access.create_api_key_for(world.deps, "nobody", "ci", Role.OPERATOR)


async def test_everything_wrong_with_a_key_is_told_at_once(world: World) -> None:
    past = world.clock.now() - timedelta(seconds=1)
    with pytest.raises(Invalid) as caught:
        await access.create_api_key(world.deps, world.who, "  ", Role.VIEWER, past)
    fields = [(violation.field, violation.reason) for violation in caught.value.violations]
    assert fields == [("api_key.display_name", "REQUIRED"), ("api_key.expire_time", "TIME_IN_THE_PAST")]


async def test_a_key_is_refused_once_it_expires_even_if_it_is_remembered(world: World) -> None:
    expires = world.clock.now() + timedelta(seconds=20)
    new = await access.create_api_key(world.deps, world.who, "short", Role.VIEWER, expires)
    verifier = KeyVerifier(world.deps)
    await verifier.verify(new.secret)
    world.clock.advance(timedelta(seconds=21))
    with pytest.raises(Unauthenticated):
        await verifier.verify(new.secret)


async def test_a_verified_key_costs_bcrypt_once_a_minute(world: World) -> None:
    hasher = CountingHasher(world.deps.hasher)
    verifier = KeyVerifier(replace(world.deps, hasher=hasher))
    first = await verifier.verify(world.key)
    assert await verifier.verify(world.key) == first
    assert len(hasher.verified) == 1
    world.clock.advance(timedelta(seconds=61))
    await verifier.verify(world.key)
    assert len(hasher.verified) == 2


async def test_an_unknown_id_costs_as_much_as_a_wrong_secret(world: World) -> None:
    hasher = CountingHasher(world.deps.hasher)
    verifier = KeyVerifier(replace(world.deps, hasher=hasher))
    with pytest.raises(Unauthenticated):
        await verifier.verify(f"dqp_{'0' * 32}_{'x' * 43}")
    with pytest.raises(Unauthenticated):
        await verifier.verify(world.key[:-1] + ("a" if world.key[-1] != "a" else "b"))
    assert len(hasher.verified) == 2


@pytest.mark.parametrize(
    ("text", "reason"),
    [("", "API_KEY_MISSING"), ("nonsense", "API_KEY_INVALID"), ("dqp_\x00", "API_KEY_INVALID")],
)
async def test_what_is_no_key_is_refused(world: World, text: str, reason: str) -> None:
    with pytest.raises(Unauthenticated) as caught:
        await KeyVerifier(world.deps).verify(text)
    assert caught.value.reason == reason


async def test_the_list_of_workspaces_ends_after_the_callers_own(world: World) -> None:
    assert (await access.list_workspaces(world.deps, world.who, PageRequest(10, ("x",)))).items == []

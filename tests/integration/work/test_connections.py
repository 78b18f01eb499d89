from __future__ import annotations

import pytest

from dq_platform.app import connections
from dq_platform.app.connections import ConnectionDraft, public_settings
from dq_platform.app.etag import etag_of
from dq_platform.errors import EtagMismatch, Invalid, NotFound, SourceError, SourceProblem, WrongState
from tests.contract.engine import FILES
from tests.integration.work.world import ALL, World


async def test_a_connection_is_made_read_tested_and_listed(world: World) -> None:
    stored = await connections.get_connection(world.deps, world.who, world.connection.id)
    assert stored.settings == world.connection.settings
    found = await connections.test_connection(world.deps, world.who, stored.id)
    assert found.product == "PostgreSQL"
    assert found.latency.total_seconds() > 0
    listed = await connections.list_connections(world.deps, world.who, ALL)
    assert [one.id for one in listed.items] == [stored.id]
    assert (await connections.list_connections(world.deps, world.who, ALL, "mysql")).items == []


async def test_secrets_are_not_public(world: World) -> None:
    public, secret = public_settings(world.connection)
    assert "password" not in public
    assert "password" in secret
    assert str(world.shop.settings["password"]) not in repr(world.connection)


async def test_everything_wrong_with_a_connection_is_told_at_once(world: World) -> None:
    settings = world.shop.settings | {"port": 70_000, "pasword": "hunter2"}
    labels = {str(number): "x" for number in range(65)}
    draft = ConnectionDraft("", "postgresql", settings, "d" * 4001, "Europe/Berln", labels)
    with pytest.raises(Invalid) as caught:
        await connections.create_connection(world.deps, world.who, draft)
    fields = {violation.field for violation in caught.value.violations}
    assert fields == {
        "connection.display_name",
        "connection.description",
        "connection.time_zone",
        "connection.labels",
        "connection.settings.port",
        "connection.settings.pasword",
    }
    told = " ".join(violation.description for violation in caught.value.violations)
    assert "Europe/Berlin" in told
    assert "'password'" in told
    assert "hunter2" not in told


@pytest.mark.parametrize("name", ["a\x00b", "\ud800"])
async def test_a_name_that_cannot_be_stored_is_refused(world: World, name: str) -> None:
    with pytest.raises(Invalid, match="display_name"):
        await connections.create_connection(
            world.deps, world.who, ConnectionDraft(name, "postgresql", world.shop.settings)
        )


async def test_files_that_connections_may_not_read_are_refused(world: World) -> None:
    settings = {"database": "/run/secrets/a.duckdb", "files": "a=/run/secrets/*.json; b=/etc/b.csv; c=s3://x/c.csv"}
    with pytest.raises(Invalid) as caught:
        await connections.create_connection(world.deps, world.who, ConnectionDraft("lake", "duckdb", settings))
    told = [(violation.field.rpartition(".")[2], violation.description) for violation in caught.value.violations]
    assert [name for name, _ in told] == ["database", "files", "files"]
    assert all(f"DQ_FILE_DIRECTORIES allows; it allows {FILES.directories[0]}" in text for _, text in told)


async def test_an_unknown_type_is_refused_with_the_nearest_name(world: World) -> None:
    with pytest.raises(Invalid, match="postgresql"):
        await connections.create_connection(world.deps, world.who, ConnectionDraft("x", "postgresq", {}))


async def test_new_settings_replace_all_but_the_secrets_they_do_not_mention(world: World) -> None:
    given = {name: value for name, value in world.shop.settings.items() if name != "password"}
    changes = {"settings": given | {"application_name": "watch"}, "display_name": "renamed"}
    after = await connections.update_connection(world.deps, world.who, world.connection.id, changes)
    assert (after.settings["application_name"], after.display_name, after.version) == ("watch", "renamed", 2)
    assert after.settings["password"] == world.connection.settings["password"]
    assert await connections.get_connection(world.deps, world.who, after.id) == after


@pytest.mark.parametrize("route", [{"host": "elsewhere.example"}, {"port": 1}, {"ssl_mode": "require"}])
async def test_a_secret_is_not_sent_elsewhere_unless_it_is_given_again(world: World, route: dict[str, object]) -> None:
    mine, given = world.connection.id, {**world.shop.settings, **route}
    without = {name: value for name, value in given.items() if name != "password"}
    with pytest.raises(Invalid) as caught:
        await connections.update_connection(world.deps, world.who, mine, {"settings": without})
    assert caught.value.violations[0].field == "connection.settings.password"
    assert (await connections.get_connection(world.deps, world.who, mine)).version == 1
    assert (await connections.update_connection(world.deps, world.who, mine, {"settings": given})).version == 2


async def test_an_update_of_something_else_than_what_was_read_is_refused(world: World) -> None:
    mine, etag = world.connection.id, etag_of(world.connection.version)
    await connections.update_connection(world.deps, world.who, mine, {"description": "one"}, etag)
    with pytest.raises(EtagMismatch):
        await connections.update_connection(world.deps, world.who, mine, {"description": "two"}, etag)
    with pytest.raises(EtagMismatch):
        await connections.delete_connection(world.deps, world.who, mine, force=True, etag=etag)
    assert (await connections.get_connection(world.deps, world.who, mine)).description == "one"


async def test_the_type_cannot_be_changed(world: World) -> None:
    with pytest.raises(Invalid) as caught:
        await connections.update_connection(world.deps, world.who, world.connection.id, {"type": "mysql"})
    assert caught.value.violations[0].reason == "IMMUTABLE_FIELD"
    same = {"type": "postgresql", "display_name": "same type"}
    assert (await connections.update_connection(world.deps, world.who, world.connection.id, same)).version == 2


async def test_a_connection_with_checks_is_deleted_by_force_only(world: World) -> None:
    await world.check()
    with pytest.raises(WrongState) as caught:
        await connections.delete_connection(world.deps, world.who, world.connection.id)
    assert caught.value.reason == "CONNECTION_IN_USE"
    await connections.delete_connection(world.deps, world.who, world.connection.id, force=True)
    with pytest.raises(NotFound):
        await connections.get_connection(world.deps, world.who, world.connection.id)


async def test_a_wrong_password_is_told_without_the_password(world: World) -> None:
    wrong = await world.connect(**(world.shop.settings | {"password": "hunter2"}))
    with pytest.raises(SourceError) as caught:
        await connections.test_connection(world.deps, world.who, wrong.id)
    assert caught.value.problem is SourceProblem.CREDENTIALS
    assert "hunter2" not in caught.value.message


@pytest.mark.parametrize("id", ["", "nonsense", "0197a3b0-2c1d-7e4f-8a5b-6c7d8e9f0a1b", "a\x00b"])
async def test_a_connection_that_is_not_there_is_not_found(world: World, id: str) -> None:
    with pytest.raises(NotFound):
        await connections.get_connection(world.deps, world.who, id)
    with pytest.raises(NotFound):
        await connections.update_connection(world.deps, world.who, id, {"display_name": "x"})
    with pytest.raises(NotFound):
        await connections.delete_connection(world.deps, world.who, id)

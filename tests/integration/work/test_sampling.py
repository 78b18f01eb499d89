from __future__ import annotations

import asyncio
from typing import Any

import pytest

from dq_platform.app import checks, connections, jobs, metadata, sampling, stored_samples
from dq_platform.app.execute import Ended
from dq_platform.connectors.source_session import SourceSession
from dq_platform.errors import NotFound, SourceError, SourceProblem, WrongState
from dq_platform.models.check import GroupBy, Mode
from dq_platform.models.job import JobState
from dq_platform.models.metadata import TableSettings
from dq_platform.models.outcome import Outcome, Severity
from dq_platform.models.result import Result
from dq_platform.models.sample import ErrorSamples, SampleColumn
from tests.integration.work.processes import until
from tests.integration.work.world import World

NOBODY = "00000000-0000-7000-8000-000000000000"
STRICT = {Severity.ERROR: {"max_count": 0}}


async def ran(world: World) -> dict[str, Result]:
    """The results of a batch of everything, by check."""
    job = await world.batch()
    await world.work()
    return {result.check_id: result for result in await world.results(job_id=job.id)}


async def kept(world: World, result: Result) -> ErrorSamples:
    return await stored_samples.get_samples(world.deps, world.who, result.id)


def shown(samples: ErrorSamples) -> list[list[str | None]]:
    return sorted(([value.text for value in row] for row in samples.rows), key=str)


async def settings(world: World, table: str, **said: Any) -> None:
    made = TableSettings(world.connection.id, "public", table, **said)
    await metadata.update_table_settings(world.deps, world.who, made)


async def test_a_failure_keeps_its_rows_and_a_pass_none(world: World) -> None:
    failing = await world.check("nulls_count", "customers.email")
    passing = await world.check("nulls_count", "customers.country")
    found = await ran(world)
    assert found[failing.id].outcome is Outcome.ERROR
    samples = await kept(world, found[failing.id])
    assert samples.columns == (SampleColumn("id", identifies=True), SampleColumn("email"))
    assert shown(samples) == [["1", None], ["2", None]]
    assert (samples.check_id, samples.more, samples.error_reason) == (failing.id, False, "")
    assert samples.taken_at == found[failing.id].executed_at
    with pytest.raises(NotFound):
        await kept(world, found[passing.id])


async def test_many_failing_checks_of_a_table_are_sampled_by_one_statement(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = [
        await world.check("nulls_count", "customers.email"),
        await world.check("nulls_percent", "customers.email"),
        await world.check("duplicate_count", "customers.country", thresholds=STRICT),
        await world.check("sql_condition_failed_on_table", "customers", sensor_params={"sql_condition": "id > 9"}),
    ]
    sent: list[tuple[str, str]] = []
    execute = SourceSession.execute

    async def noted(session: SourceSession, sql: str, *, tag: str = "", numbers: int = 0) -> Any:
        sent.append((sql, tag))
        return await execute(session, sql, tag=tag)

    monkeypatch.setattr(SourceSession, "execute", noted)
    found = await ran(world)
    sampled = [(sql, tag) for sql, tag in sent if "dq_result" in sql]
    assert len(sampled) == 1
    assert "job=" in sampled[0][1]
    rows = [await kept(world, found[check.id]) for check in made]
    assert [len(one.rows) for one in rows] == [2, 2, 9, 9]
    assert [len(one.columns) for one in rows] == [2, 2, 2, 1]


async def test_at_most_fifty_rows_are_kept_of_each_check(world: World) -> None:
    world.shop.run("INSERT INTO customers SELECT n, NULL, 'DE' FROM generate_series(11, 200) n")
    world.shop.run("UPDATE customers SET email = repeat('ü', 600) WHERE id = 3")
    many = await world.check("nulls_count", "customers.email")
    few = await world.check("invalid_email_format_found", "customers.email", thresholds=STRICT)
    found = await ran(world)
    samples = await kept(world, found[many.id])
    assert (len(samples.rows), samples.more) == (50, True)
    [row] = (await kept(world, found[few.id])).rows
    assert (row[1].text, row[1].truncated) == ("ü" * 500, True)
    assert not row[0].truncated


async def test_a_check_can_do_without_samples(world: World) -> None:
    check = await world.check("nulls_count", "customers.email", about={"error_samples": False})
    found = await ran(world)
    with pytest.raises(NotFound):
        await kept(world, found[check.id])
    changed = await checks.update_check(world.deps, world.who, check.id, {"error_samples": True})
    assert changed.error_samples
    found = await ran(world)
    assert len((await kept(world, found[check.id])).rows) == 2


async def test_a_check_that_judges_no_rows_has_no_samples(world: World) -> None:
    check = await world.check("row_count", "orders", thresholds={Severity.ERROR: {"min_count": 100}})
    found = await ran(world)
    assert found[check.id].outcome is Outcome.ERROR
    with pytest.raises(NotFound):
        await kept(world, found[check.id])
    with pytest.raises(WrongState, match="judges no single rows"):
        await sampling.preview_samples(world.deps, world.who, check.id)


async def test_only_failing_groups_are_sampled_at_most_twenty(world: World) -> None:
    world.shop.run("UPDATE customers SET country = 'FR' WHERE id = 10")
    check = await world.check("nulls_count", "customers.email", group_by=(GroupBy(column="country"),))
    job = await world.batch()
    await world.work()
    results = {result.data_group: result for result in await world.results(job_id=job.id)}
    assert shown(await kept(world, results['["DE"]'])) == [["1", None], ["2", None]]
    with pytest.raises(NotFound):
        await kept(world, results['["FR"]'])
    world.shop.run("UPDATE customers SET email = NULL")
    world.shop.run("INSERT INTO customers SELECT n, NULL, 'C' || n FROM generate_series(100, 130) n")
    job = await world.run(check)
    await world.work()
    having = [await _rows_of(world, result) for result in await world.results(job_id=job.id)]
    assert len(having) == 33
    assert len([one for one in having if one]) == 20


async def _rows_of(world: World, result: Result) -> int:
    try:
        return len((await kept(world, result)).rows)
    except NotFound:
        return 0


async def test_only_failing_partitions_are_sampled(world: World) -> None:
    world.shop.run("UPDATE orders SET amount = NULL WHERE id IN (2, 5)")
    check = await world.check("nulls_count", "orders.amount", mode=Mode.PARTITIONED, partition_column="placed_on")
    job = await world.run(check)
    await world.work()
    results = await world.results(job_id=job.id)
    assert len(results) == 7
    rows = {one.time_period: await _rows_of(world, one) for one in results}
    assert sorted(rows.values()) == [0] * 5 + [1] * 2
    failing = [one for one in results if one.outcome is Outcome.ERROR]
    samples = [await kept(world, one) for one in failing]
    assert sorted(shown(one) for one in samples) == [[["2", None]], [["5", None]]]


async def test_personal_data_never_reaches_the_store(world: World) -> None:
    world.shop.run("UPDATE customers SET email = 'tell-tale' WHERE id = 4")
    await settings(world, "customers", pii_columns=("email",), id_columns=("country", "id"))
    check = await world.check("invalid_email_format_found", "customers.email", thresholds=STRICT)
    found = await ran(world)
    samples = await kept(world, found[check.id])
    assert [(column.name, column.masked) for column in samples.columns] == [
        ("country", False),
        ("id", False),
        ("email", True),
    ]
    assert shown(samples) == [["DE", "4", None]]


async def test_hostile_names_and_bytes_are_shown_as_they_are(world: World) -> None:
    world.shop.run("""
        CREATE TABLE "we""ird; --" ("sel'ect %s" bytea PRIMARY KEY, "no`te" text);
        INSERT INTO "we""ird; --" VALUES ('\\x00ff', 'Größe 😀 ''字'''), ('\\x', NULL), ('\\x41', 'a@b.example');
    """)
    target = 'we"ird; --.no`te'
    made = [
        await world.check("nulls_count", target),
        await world.check("invalid_email_format_found", target, thresholds=STRICT),
        await world.check("duplicate_count", target, thresholds=STRICT),
    ]
    await ran(world)
    found = [await world.results(check_id=check.id) for check in made]
    assert shown(await kept(world, found[0][0])) == [[r"\x", None]]
    assert shown(await kept(world, found[1][0])) == [[r"\x00ff", "Größe 😀 '字'"]]
    assert (await kept(world, found[1][0])).columns[0] == SampleColumn("sel'ect %s", identifies=True)
    assert found[2][0].outcome is Outcome.PASSED


async def test_a_table_of_which_nothing_may_be_shown_says_so(world: World) -> None:
    await settings(world, "customers", pii_columns=("email", "id"))
    check = await world.check("nulls_count", "customers.email")
    found = await ran(world)
    samples = await kept(world, found[check.id])
    assert (samples.error_reason, samples.rows) == ("NOTHING_TO_SHOW", ())
    assert "id_columns" in samples.message


async def test_a_query_without_the_ids_says_so_and_with_them_shows_them(world: World) -> None:
    for query, reason, rows in (
        ("SELECT email FROM customers WHERE id > 8", "IDS_NOT_RETURNED", []),
        ("SELECT email, id FROM customers WHERE id > 8", "", [["10"], ["9"]]),
        ("SELECT * FROM customers WHERE id > 8", "", [["10"], ["9"]]),
    ):
        check = await world.check("sql_invalid_record_count_on_table", "customers", sensor_params={"sql_query": query})
        job = await world.run(check)
        await world.work()
        [result] = await world.results(job_id=job.id)
        samples = await kept(world, result)
        assert (samples.error_reason, shown(samples)) == (reason, rows)


async def test_a_sampling_that_fails_leaves_the_results(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    check = await world.check("nulls_count", "customers.email")
    execute = SourceSession.execute

    async def refusing(session: SourceSession, sql: str, *, tag: str = "", numbers: int = 0) -> Any:
        if "dq_result" in sql:
            sql = "SELECT no_such_column"
        return await execute(session, sql, tag=tag)

    monkeypatch.setattr(SourceSession, "execute", refusing)
    job = await world.run(check)
    [done] = await world.work()
    assert done.ended is Ended.SUCCEEDED
    assert (await world.job(job)).state is JobState.SUCCEEDED
    [result] = await world.results(job_id=job.id)
    assert (result.outcome, result.value) == (Outcome.ERROR, 2)
    samples = await kept(world, result)
    assert (samples.error_reason, samples.rows) == ("SOURCE_BAD_SQL", ())


async def test_a_source_that_goes_away_before_the_samples_leaves_the_results(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    check = await world.check("nulls_count", "customers.email")

    async def away(*_: Any, **__: Any) -> Any:
        raise SourceError(SourceProblem.UNREACHABLE, "gone")

    monkeypatch.setattr(sampling, "take", away)
    job = await world.run(check)
    assert [one.ended for one in await world.work()] == [Ended.SUCCEEDED]
    [result] = await world.results(job_id=job.id)
    assert (await kept(world, result)).error_reason == "SOURCE_UNREACHABLE"


async def test_a_cancel_stops_the_statement_of_the_samples(world: World) -> None:
    world.shop.run("""
        CREATE FUNCTION nap() RETURNS text STABLE LANGUAGE plpgsql AS
        $$ BEGIN PERFORM pg_sleep(60); RETURN 'slept'; END $$;
        CREATE VIEW sleepy AS SELECT id, nap() AS nap FROM customers;
    """)
    await settings(world, "sleepy", id_columns=("nap",))
    job = await world.run(await world.check("negative_values", "sleepy.id", thresholds=STRICT))
    world.shop.run("UPDATE customers SET id = -id WHERE id = 1")
    working = asyncio.create_task(world.work())
    await until(lambda: world.shop.running("dq_result") == 1)
    await jobs.cancel_job(world.deps, world.who, job.id)
    assert [one.ended for one in await working] == [Ended.CANCELLED]
    assert world.shop.running("dq_result") == 0
    assert await world.results(job_id=job.id) == []


async def test_rows_can_be_seen_now_without_being_stored(world: World) -> None:
    check = await world.check("nulls_count", "customers.email", about={"error_samples": False})
    seen = await sampling.preview_samples(world.deps, world.who, check.id)
    assert [(one.value, one.outcome, one.id) for one in seen.results] == [(2, Outcome.ERROR, "")]
    [samples] = seen.samples
    assert (samples.result_id, shown(samples)) == ("", [["1", None], ["2", None]])
    assert await world.results() == []


async def test_what_passes_can_be_looked_into_too(world: World) -> None:
    check = await world.check("nulls_count", "customers.email", thresholds={Severity.ERROR: {"max_count": 5}})
    seen = await sampling.preview_samples(world.deps, world.who, check.id)
    assert [one.outcome for one in seen.results] == [Outcome.PASSED]
    assert [len(one.rows) for one in seen.samples] == [2]


async def test_a_preview_of_a_source_that_is_away_is_an_error(world: World) -> None:
    check = await world.check("nulls_count", "customers.email")
    changes = {"settings": world.shop.settings | {"port": 1}}
    await connections.update_connection(world.deps, world.who, world.connection.id, changes)
    with pytest.raises(SourceError):
        await sampling.preview_samples(world.deps, world.who, check.id)


async def test_samples_of_another_workspace_do_not_exist(world: World, other: World) -> None:
    check = await world.check("nulls_count", "customers.email")
    found = await ran(world)
    for asked in (found[check.id].id, NOBODY, "nonsense"):
        with pytest.raises(NotFound):
            await stored_samples.get_samples(other.deps, other.who, asked)
    with pytest.raises(NotFound):
        await sampling.preview_samples(other.deps, other.who, check.id)


async def test_samples_of_a_check_that_was_deleted_meanwhile_are_left_out(world: World) -> None:
    kept_check = await world.check("nulls_count", "customers.email")
    gone = await world.check("nulls_percent", "customers.email")
    await world.batch()
    await checks.delete_check(world.deps, world.who, gone.id)
    assert [one.ended for one in await world.work()] == [Ended.SUCCEEDED]
    [result] = await world.results(check_id=kept_check.id)
    assert len((await kept(world, result)).rows) == 2

"""The `dq` command as its users call it: processes, exit codes, JSON."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from local.ports import LOOPBACK, any_free
from tests.e2e.commands import answer, dq, environment
from tests.e2e.world import SHOP, Account, World, check_body, ok

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def mine(world: World) -> Account:
    return world.account()


@pytest.fixture(scope="module")
def run(mine: Account, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """`dq` with the module's workspace, in an empty folder."""
    folder = tmp_path_factory.mktemp("cli")
    env = environment(DQ_URL=mine.world.stack.gateway_url, DQ_API_KEY=mine.key, SHOP_PW="unused")
    return lambda *arguments, **more: dq(*arguments, env=env | more, cwd=folder)


@pytest.fixture(scope="module")
def shop(run: Run, mine: Account) -> str:
    """The name of a connection that the command added."""
    settings = [part for pair in mine.world.postgres_settings().items() for part in ("--set", "=".join(map(str, pair)))]
    made = run("connection", "add", "shop", "--type", "postgresql", *settings)
    assert made.returncode == 0, made.stderr
    assert "Try it: dq connection test shop" in made.stdout
    return "shop"


@pytest.fixture(scope="module")
def nulls(run: Run, shop: str) -> str:
    """The id of a check that the command added; it fails with a warning: 120 of 9,040 addresses are missing."""
    made = run(
        *("--json", "check", "add", "nulls_count", "-c", shop, "-t", "shop.customers", "--column", "email"),
        *("--warning", "max_count=100", "--error", "max_count=200"),
    )
    return str(answer(made)["id"])


def test_a_plan_is_shown_and_nothing_is_run(run: Run, shop: str, nulls: str) -> None:
    [table] = answer(run("--json", "plan", nulls))
    assert [one["check_ids"] for one in table["statements"]] == [[nulls]]
    shown = run("plan", "-c", shop, "-t", "shop.cust*", "--sql")
    assert "shop.customers" in shown.stdout
    assert 'FROM "shop"."customers"' in shown.stdout
    assert answer(run("--json", "jobs", "list")) == []


def test_a_connection_is_listed_tested_and_looked_into(run: Run, shop: str) -> None:
    assert [one["display_name"] for one in answer(run("--json", "connection", "list"))] == [shop]
    assert answer(run("--json", "connection", "test", shop))["product"] == "PostgreSQL"
    tables = answer(run("--json", "connection", "tables", shop, SHOP))
    assert {"customers", "orders", "payments", "events"} <= {table["table_name"] for table in tables}
    columns = run("connection", "tables", shop, "shop.customers")
    assert "birth_date" in columns.stdout
    synced = run("connection", "sync", shop)
    assert (synced.returncode, synced.stdout.strip()) == (0, "The catalogue is up to date.")
    kept = answer(run("--json", "connection", "tables", shop, SHOP, "--cached"))
    assert [table["table_name"] for table in kept] == [table["table_name"] for table in tables]
    [version] = answer(run("--json", "connection", "history", shop, "shop.customers"))
    assert "birth_date" in [column["column_name"] for column in version["columns"]]
    assert "last seen" in run("connection", "history", shop, "shop.customers").stdout


def test_a_connection_is_paused_and_resumed(run: Run, shop: str, nulls: str, mine: Account) -> None:
    paused = run("connection", "pause", shop, "--note", "moves")
    assert paused.stdout.strip() == f"{shop} is paused: its jobs wait."
    assert ok(mine.rest.get("/connections"))["connections"][0]["pause_note"] == "moves"
    job = ok(mine.rest.post(f"/checks/{nulls}/run", json={}))
    assert "paused" in run("jobs", "units", job["id"]).stdout
    assert [line["paused_count"] for line in ok(mine.rest.get("/queue"))["lines"]] == ["1", "0", "0"]
    assert run("connection", "resume", shop).stdout.strip() == f"{shop} is not paused: its jobs go on."
    assert mine.finished(job["id"])["state"] == "JOB_STATE_SUCCEEDED"


def test_the_queue_is_a_table_of_priorities_or_of_workspaces(run: Run, mine: Account) -> None:
    assert [line["priority"] for line in answer(run("--json", "queue"))] == [
        "PRIORITY_HIGH", "PRIORITY_NORMAL", "PRIORITY_LOW"
    ]  # fmt: skip
    shown = run("queue")
    assert shown.returncode == 0, shown.stderr
    headings = ["priority", "waiting", "oldest", "delayed", "running", "abandoned", "paused"]
    assert shown.stdout.split()[: len(headings)] == headings
    everywhere = run("queue", "--everywhere", **mine.world.stack.environment())
    assert everywhere.returncode == 0, everywhere.stderr
    assert everywhere.stdout.split()[:2] == ["workspace", "priority"]


def test_the_catalogue_tells_engines_and_check_types(run: Run) -> None:
    found = {kind["name"] for kind in answer(run("--json", "connection", "types"))}
    assert found == {
        *("bigquery", "databricks", "duckdb", "mysql", "oracle", "postgresql", "redshift", "snowflake", "sqlserver")
    }
    assert len(answer(run("--json", "check", "types"))) >= 60
    one = run("check", "types", "nulls_percent")
    assert one.returncode == 0
    assert "max_percent" in one.stdout


def test_the_rows_behind_a_check_and_behind_a_result_are_printed(run: Run, nulls: str) -> None:
    now = run("samples", "--check", nulls)
    assert now.returncode == 0, now.stderr
    assert "email" in now.stdout
    assert "There are more such rows." in now.stdout
    run("check", "run", nulls, "--timeout", "900")
    [result] = answer(run("--json", "results", "--check", nulls))
    kept = answer(run("--json", "samples", result["id"]))
    assert (len(kept["rows"]), kept["more"], kept["check_id"]) == (50, True, nulls)
    assert run("samples", result["id"]).stdout.count("NULL") == 50
    for wrong in ((), (result["id"], "--check", nulls)):
        assert run("samples", *wrong).returncode == 2


def test_a_partition_is_printed_as_its_day_east_of_greenwich(world: World, tmp_path: Path) -> None:
    mine, zone = world.account(), ZoneInfo("Pacific/Auckland")
    body = {"display_name": "east", "type": "postgresql", "settings": world.postgres_settings(), "time_zone": zone.key}
    connection = ok(mine.rest.post("/connections", json=body))["id"]
    partitioned = {"mode": "MODE_PARTITIONED", "partition_column": "order_date"}
    target = {"connection_id": connection, "schema_name": SHOP, "table_name": "orders"}
    limit = {"error": {"min_count": 1}}
    check = mine.check(connection, target=target, check_type="row_count", thresholds=limit, **partitioned)
    env = environment(DQ_URL=world.stack.gateway_url, DQ_API_KEY=mine.key)
    ran = dq("check", "run", check, env=env, cwd=tmp_path)
    found = answer(dq("--json", "results", "--history", env=env, cwd=tmp_path))
    periods = [datetime.fromisoformat(one["time_period"]) for one in found]
    days = {at.astimezone(zone).date().isoformat() for at in periods}
    assert len(days) == 7
    assert not days <= {at.date().isoformat() for at in periods}
    for shown in (ran.stdout, dq("results", "--history", env=env, cwd=tmp_path).stdout):
        assert {word for word in shown.split() if word in days} == days
        assert shown.count("row_count") == len(periods)


def test_a_checks_history_is_judged_by_other_thresholds(run: Run, nulls: str) -> None:
    run("check", "run", nulls)
    own = run("check", "backtest", nulls)
    assert own.returncode == 0, own.stderr
    assert "100.0 % of the verdicts would have been alerts" in own.stdout
    assert "●" in own.stdout
    loose = answer(run("--json", "check", "backtest", nulls, "--error", "max_count=500", "--since", "2026-01-01"))
    assert (loose["outcomes"]["passed"], loose["alert_percent"], loose["time_zone"]) == ("1", 0, "UTC")
    change = run("check", "backtest", nulls, "--type", "nulls_percent")
    assert change.returncode == 2
    assert "check_type: nulls_percent measures something else than nulls_count" in change.stderr


def test_a_check_is_listed_and_previewed(run: Run, nulls: str) -> None:
    found = answer(run("--json", "check", "list", "--table", "shop.cust*"))
    assert nulls in [check["id"] for check in found]
    preview = run("check", "preview", nulls)
    assert preview.returncode == 0
    assert "120" in preview.stdout
    assert "SELECT" in preview.stdout.upper()


def test_a_check_on_a_sample_is_added_planned_and_run(run: Run, shop: str, nulls: str) -> None:
    table = ("-c", shop, "-t", "shop.orders")
    options = ("--column", "status", "--sample", "row=50", "--error", "max_percent=100")
    sampled = str(answer(run("--json", "check", "add", "nulls_percent", *table, *options))["id"])
    assert "nulls_percent on a row sample of 50 %" in run("check", "list", "--table", "shop.ord*").stdout
    planned = run("plan", sampled, nulls, "--sql").stdout
    assert "row sample of 50 % of " in planned
    assert planned.count("TABLESAMPLE BERNOULLI (50) REPEATABLE (") == 1
    done = answer(run("--json", "check", "run", sampled))
    [result] = done["results"]
    [total] = {one["estimated_row_count"] for one in answer(run("--json", "plan", sampled))[0]["statements"]}
    assert 0 < int(result["sample_row_count"]) < int(total)
    shown = run("results", "--check", sampled).stdout
    assert f"Measured on {int(result['sample_row_count']):,} rows, a row sample of 50 %." in " ".join(shown.split())
    assert "nulls_percent on a row sample of 50 %, 1 periods" in run("check", "backtest", sampled).stdout


@pytest.mark.parametrize(("fail_on", "code"), [("warning", 1), ("error", 0), ("fatal", 0)])
def test_a_run_ends_with_1_from_the_severity_on(fail_on: str, code: int, run: Run, nulls: str) -> None:
    done = answer(run("--json", "check", "run", nulls, "--fail-on", fail_on), code)
    assert done["job"]["state"] == "JOB_STATE_SUCCEEDED"
    assert [(one["outcome"], one["value"]) for one in done["results"]] == [("OUTCOME_WARNING", 120)]


def test_what_cannot_be_measured_ends_with_3(run: Run, mine: Account, nulls: str) -> None:
    with mine.world.stack.postgres.connect(SHOP) as link, link.cursor() as cursor:
        cursor.execute("CREATE TABLE shop.passing AS SELECT 1 AS email")
    connection_id = ok(mine.rest.get(f"/checks/{nulls}"))["target"]["connection_id"]
    check_id = mine.check(connection_id, table="passing")
    with mine.world.stack.postgres.connect(SHOP) as link, link.cursor() as cursor:
        cursor.execute("DROP TABLE shop.passing")
    gone = run("check", "run", check_id)
    deleted = run("check", "delete", check_id, "--results")
    assert (deleted.returncode, "its results" in deleted.stdout) == (0, True), deleted.stderr
    assert gone.returncode == 3, gone.stdout
    assert "execution error" in gone.stdout


def test_people_handle_incidents_and_say_how_failures_become_them(run: Run, nulls: str) -> None:
    run("check", "run", nulls)
    [incident] = answer(run("--json", "incidents", "CUSTOMERS"))
    quiet = run("incident", "mute", incident["id"], "--for", "8h", "-m", "later")
    assert (quiet.returncode, incident["id"] in "".join(quiet.stdout.split())) == (0, True)
    told = answer(run("--json", "incident", "show", incident["id"]))["events"]
    assert (told[-1]["kind"], told[-1]["note"]) == ("INCIDENT_EVENT_KIND_MUTED", "later")
    assert [one["check_id"] for one in answer(run("--json", "incident", "members", incident["id"]))] == [nulls]
    assert "warning" in run("incident", "days", incident["id"], "--time-zone", "Asia/Tokyo").stdout
    settings = answer(run("--json", "incident", "settings", "--level", "category", "--inherit", "flap_window"))
    assert settings["in_effect"]["flap_window"] == "43200s"
    window = answer(run("--json", "maintenance", "add", "we move", "--for", "1h", "-t", "nowhere.*"))
    assert run("maintenance", "delete", window["id"]).returncode == 0


def test_results_incidents_summary_and_jobs_are_shown(run: Run, nulls: str) -> None:
    job_id = answer(run("--json", "check", "run", nulls))["job"]["id"]
    failed = answer(run("--json", "results", "--failed", "--check", nulls))
    assert [one["outcome"] for one in failed] == ["OUTCOME_WARNING"]
    assert {one["table_name"] for one in answer(run("--json", "incidents"))} == {"customers"}
    assert "Completeness" in run("summary", "--by", "dimension").stdout
    assert job_id in run("jobs", "list").stdout
    watched = run("jobs", "watch", job_id)
    assert (watched.returncode, watched.stdout.strip()) == (0, "succeeded: 1 warning")
    table = run("results", "--table", "customers")
    assert "nulls_count" in table.stdout


def test_a_failed_job_tells_its_attempts_and_is_requeued(run: Run, shop: str) -> None:
    table = ("-c", shop, "-t", "shop.customers", "--column", "email", "--filter", "length(email) / 0 = 1")
    made = run("--json", "check", "add", "nulls_count", *table)
    job_id = answer(run("--json", "check", "run", answer(made)["id"]), 3)["job"]["id"]
    [unit] = answer(run("--json", "jobs", "units", job_id, "--failed"))
    assert [attempt["number"] for attempt in unit["attempts"]] == [1]
    assert unit["error"]["reason"] in run("jobs", "units", job_id).stdout
    again = answer(run("--json", "jobs", "requeue", job_id))
    assert (again["requeue_of_job_id"], again["check_count"]) == (job_id, 1)


def test_costs_are_shown_and_a_budget_keeps_a_check_from_running(run: Run, shop: str, nulls: str) -> None:
    limited = run("connection", "budget", shop, "--max-rows", "100", "--max-statements", "1", "--no-allow-unknown")
    assert "rows of one table in a run: 100\nstatements at once in each process: 1\n" in limited.stdout
    [table] = answer(run("--json", "plan", nulls))
    assert table["budget"]["max_scanned_row_count"] == "100"
    [refused] = table["failures"]
    assert refused["reason"] in ("SCAN_BUDGET_EXCEEDED", "SCAN_SIZE_UNKNOWN")
    job = run("check", "run", nulls)
    assert (job.returncode, "execution error" in job.stdout) == (3, True)
    assert run("connection", "budget", shop, "--none").stdout == "No limits.\n"
    rows = answer(run("--json", "costs", "--by", "check", "-c", shop, "-t", "customers"))
    [row] = [one for one in rows if one["key"] == [nulls]]
    assert row["statement_count"] > 0
    assert "customers" in run("costs").stdout


def test_a_schedule_is_added_shown_run_paused_and_deleted(run: Run, nulls: str) -> None:
    made = run(
        *("schedule", "add", "morning", "30 6 * * *", "-c", "shop", "-t", "shop.cust*", "--mode", "monitoring"),
        *("--jitter", "90.5", "--overlap", "queue"),
    )
    assert made.returncode == 0, made.stderr
    shown = answer(run("--json", "schedule", "show", "morning", "-n", "3"))
    schedule = shown["schedule"]
    assert (schedule["jitter"], schedule["overlap"]) == ("90.500s", "OVERLAP_QUEUE")
    assert shown["run_times"][0] == schedule["next_run_time"]
    assert len(shown["run_times"]) == 3
    assert answer(run("--json", "schedule", "run", "morning"))["schedule_id"] == schedule["id"]
    assert "started" in run("schedule", "list").stdout
    assert "table_pattern shop.cust*, mode monitoring" in run("schedule", "show", schedule["id"]).stdout
    assert run("schedule", "pause", "morning").stdout.strip() == "morning is paused."
    assert run("schedule", "delete", "morning").stdout.strip() == "morning is deleted."


def test_keys_are_made_listed_and_revoked(run: Run, mine: Account) -> None:
    kept = answer(run("--json", "apikey", "create", "kept", "--role", "operator"))
    assert mine.world.client(kept["secret"]).get("/checks").status_code == 200
    made = answer(run("--json", "apikey", "create", "[/airflow]"))
    key_id = made["api_key"]["id"]
    assert key_id in [key["id"] for key in answer(run("--json", "apikey", "list"))]
    revoked = run("apikey", "revoke", key_id)
    assert (revoked.returncode, revoked.stdout.strip()) == (0, "[/airflow] is revoked.")
    assert "revoked" in run("apikey", "list").stdout
    assert mine.world.client(made["secret"]).get("/checks").status_code == 401


def test_the_workspace_of_the_key_is_listed(run: Run) -> None:
    assert len(answer(run("--json", "workspace", "list"))) == 1


def test_the_workspace_of_the_key_keeps_results_for_as_long_as_it_is_told(run: Run) -> None:
    assert "for 400 days" in run("workspace", "update", "--keep-results", "400").stdout
    changed = answer(run("--json", "workspace", "update", "--keep-results", "forever"))
    assert "result_retention_days" not in changed


def test_a_first_workspace_is_made_beside_the_servers(world: World, tmp_path: Path) -> None:
    env = environment(**world.stack.environment())
    made = answer(dq("--json", "workspace", "create", "made-by-hand", env=env, cwd=tmp_path))
    assert ok(world.client(made["secret"]).get("/workspaces"))["workspaces"][0]["name"] == "made-by-hand"
    again = dq("workspace", "create", "made-by-hand", env=env, cwd=tmp_path)
    assert again.returncode == 3
    assert "exists already" in again.stderr


WRONG: list[tuple[list[str], list[str]]] = [
    (["check", "run", "--fail-on", "bad"], ["warning, error, fatal"]),
    (["check", "add", "nulls_precent", "-c", "shop", "-t", "shop.customers", "--column", "email"], ["nulls_percent"]),
    (["check", "add", "nulls_count", "-c", "shp", "-t", "shop.customers"], ["shp", "There are: shop"]),
    (
        ["check", "add", "nulls_count", "-c", "shop", "-t", "shop.customers", "--column", "e_mail"],
        ["check.target.column_name", "email"],
    ),
    (
        ["check", "add", "nulls_count", "-c", "shop", "-t", "shop.customers", "--column", "email", "--error", "max=1"],
        ["max_count"],
    ),
    (
        ["check", "add", "nulls_percent", "-c", "shop", "-t", "shop.customers", "--column", "email", "--sample", "5"],
        ["--sample row=5"],
    ),
    (
        ["check", "add", "nulls_count", "-c", "shop", "-t", "shop.customers", "--column", "email", "--sample", "row=5"],
        ["check.table_sample", "nulls_percent"],
    ),
    (["connection", "add", "x", "-t", "postgres", "-s", "host=x"], ["postgresql"]),
    (["schedule", "add", "x", "0 6 * * *", "-t", "shop.custmers"], ["table_pattern", "shop.customers"]),
    (["schedule", "show", "nothing"], ["There is no schedule 'nothing'"]),
    (["jobs", "watch", "nothing"], ["nothing", "does not exist"]),
    (["apikey", "create", "x", "--role", "boss"], ["viewer, operator, editor, admin"]),
    (["summary", "--by", "colour"], ["SUMMARY_BY_DIMENSION"]),
    (["connection", "budget", "shop", "--max-rows", "0"], ["connection.budget.max_scanned_row_count", "is 0"]),
    (["nonsense"], ["No such command"]),
]


@pytest.mark.parametrize(("arguments", "words"), WRONG, ids=lambda it: " ".join(it) if "-" not in it[0] else None)
def test_a_wrong_call_ends_with_2_and_says_what_would_be_right(
    arguments: list[str], words: list[str], run: Run, shop: str
) -> None:
    refused = run(*arguments)
    assert refused.returncode == 2, refused.stdout + refused.stderr
    assert refused.stdout == ""
    told = " ".join(refused.stderr.split())
    for word in words:
        assert word in told
    assert "Traceback" not in refused.stderr


def test_without_a_key_it_says_where_one_comes_from(run: Run) -> None:
    refused = run("check", "list", DQ_API_KEY="")
    assert refused.returncode == 3
    assert "DQ_API_KEY" in refused.stderr
    assert "dq up" in refused.stderr


def test_a_wrong_key_is_told(run: Run) -> None:
    refused = run("check", "list", DQ_API_KEY="dqp_x_y")
    assert refused.returncode == 3
    assert "dq apikey create" in refused.stderr


def test_where_nothing_answers_it_says_how_to_start_it(run: Run) -> None:
    url = f"http://{LOOPBACK}:{any_free()}"
    refused = run("--url", url, "check", "list")
    assert refused.returncode == 3
    assert url in refused.stderr
    assert "dq up" in refused.stderr


def test_an_address_that_is_none_is_told(run: Run) -> None:
    refused = run("--url", "nonsense", "check", "list")
    assert refused.returncode in (2, 3)
    assert "nonsense" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_a_source_that_refuses_the_password_ends_with_2_without_showing_it(run: Run, mine: Account) -> None:
    settings = mine.world.postgres_settings(password="not-the-s3cret")
    parts = [part for pair in settings.items() for part in ("-s", "=".join(map(str, pair)))]
    made = run("connection", "add", "wrong", "-t", "postgresql", *parts)
    assert made.returncode == 0, made.stderr
    refused = run("connection", "test", "wrong")
    assert refused.returncode == 2
    assert "password" in refused.stderr or "credentials" in refused.stderr
    assert "not-the-s3cret" not in made.stdout + refused.stdout + refused.stderr
    wrong: Any = [one for one in answer(run("--json", "connection", "list")) if one["display_name"] == "wrong"]
    ok(mine.rest.delete(f"/connections/{wrong[0]['id']}"))


def test_settings_that_a_direct_command_needs_are_named(tmp_path: Path) -> None:
    refused = dq("workspace", "create", "x", env=environment(), cwd=tmp_path)
    assert refused.returncode == 3
    for name in ("DATABASE_URL", "REDIS_URL", "ENCRYPTION_KEY"):
        assert name in refused.stderr


def test_json_holds_texts_unbroken_however_narrow_the_terminal(run: Run, mine: Account, nulls: str) -> None:
    long = "long " * 60 + "[red]🦆"
    ok(mine.rest.patch(f"/checks/{nulls}", json={"description": long}))
    listed = run("--json", "check", "list", COLUMNS="20")
    assert json.loads(listed.stdout)[0]["description"] == long
    assert ok(mine.rest.get(f"/checks/{nulls}"))["check_type"] == check_body("")["check_type"]

"""A table changes under a check that people run and accept with `dq` and over REST."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.commands import answer, dq, environment
from tests.e2e.world import SHOP, Account, Json, check_body, ok

TABLE = "leaflets"


@pytest.fixture
def check_id(account: Account, connection_id: str) -> Iterator[str]:
    alter(account, f"CREATE TABLE shop.{TABLE} (id int NOT NULL, amount int)")
    body = check_body(connection_id, table=TABLE, column="", check_type="column_types_changed", thresholds={})
    yield str(ok(account.rest.post("/checks", json=body))["id"])
    alter(account, f"DROP TABLE shop.{TABLE}")


def alter(account: Account, sql: str) -> None:
    with account.world.stack.postgres.connect(SHOP) as link, link.cursor() as cursor:
        cursor.execute(sql)


def ran(account: Account, check_id: str) -> Json:
    [result] = account.results(account.run(check_ids=[check_id])["id"])
    return result


def test_a_change_fails_until_it_is_accepted_on_the_command_line(
    account: Account, check_id: str, tmp_path: Path
) -> None:
    env = environment(DQ_URL=account.world.stack.gateway_url, DQ_API_KEY=account.key)
    assert ran(account, check_id)["outcome"] == "OUTCOME_PASSED"
    alter(account, f"ALTER TABLE shop.{TABLE} ALTER COLUMN amount TYPE bigint, ADD COLUMN note text")
    for _ in range(2):
        result = ran(account, check_id)
        assert (result["outcome"], result["value"]) == ("OUTCOME_ERROR", 2)
        assert "retyped amount: integer → bigint" in result["message"]

    shown = dq("results", "--check", check_id, env=env, cwd=tmp_path)
    assert "added note" in " ".join(shown.stdout.split())
    would = dq("check", "accept-baseline", check_id, "--dry-run", env=env, cwd=tmp_path)
    assert "Would accept as baseline 2" in would.stdout
    assert len(ok(account.rest.get(f"/checks/{check_id}/baselines"))["baselines"]) == 1

    done = dq("check", "accept-baseline", check_id, "--note", "release 12", env=env, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    for word in ("Accepted as baseline 2", "retyped", "integer", "bigint", "added", "note"):
        assert word in done.stdout
    assert ran(account, check_id)["outcome"] == "OUTCOME_PASSED"

    again = dq("check", "accept-baseline", check_id, env=env, cwd=tmp_path)
    assert again.stdout.strip() == "Nothing has changed: the columns are those of baseline 2."
    listed = answer(dq("--json", "check", "baselines", check_id, env=env, cwd=tmp_path))
    assert [(one["number"], one["note"], one["actor"]) for one in listed] == [
        (2, "release 12", "admin"),
        (1, "Taken when the check was created.", "admin"),
    ]
    table = dq("check", "baselines", check_id, env=env, cwd=tmp_path)
    for word in ("release 12", "retyped amount", "added note"):
        assert word in table.stdout


def test_a_check_without_a_baseline_is_a_wrong_call(account: Account, connection_id: str, tmp_path: Path) -> None:
    env = environment(DQ_URL=account.world.stack.gateway_url, DQ_API_KEY=account.key)
    refused = dq("check", "accept-baseline", account.check(connection_id), env=env, cwd=tmp_path)
    assert refused.returncode == 2
    assert "nulls_count checks compare with no baseline" in " ".join(refused.stderr.split())


def test_the_guard_is_written_as_the_answer_shows_changes(account: Account, check_id: str) -> None:
    path = f"/checks/{check_id}/accept-baseline"
    alter(account, f"ALTER TABLE shop.{TABLE} ADD COLUMN note text")
    seen = ok(account.rest.post(path, json={"validate_only": True}))["changes"]
    expected = {"kind": "COLUMN_CHANGE_KIND_ADDED", "column_name": "note", "before": "", "after": "text"}
    assert seen == [expected]
    alter(account, f"ALTER TABLE shop.{TABLE} DROP COLUMN amount")
    refused = account.rest.post(path, json={"expected_changes": seen})
    assert (refused.status_code, refused.json()["details"][0]["reason"]) == (400, "UNEXPECTED_CHANGES")
    assert "removed amount" in refused.json()["message"]
    now = ok(account.rest.post(path, json={"validate_only": True}))["changes"]
    assert ok(account.rest.post(path, json={"expected_changes": now, "note": "seen"}))["changes"] == now

"""`dq channels` and `dq notifications`, within this process, against the real platform."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

import pytest
from typer.testing import CliRunner, Result

from cli.__main__ import make_app
from cli.errors import UsageError
from tests.e2e.world import SHOP, Account, ok

Run = Callable[..., Result]


@pytest.fixture
def run(own: Account) -> Run:
    """Run `dq` as the workspace's admin; it may only fail with an error of its own."""
    variables = {"DQ_URL": own.world.stack.gateway_url, "DQ_API_KEY": own.key, "COLUMNS": "200"}

    def invoke(*arguments: str) -> Result:
        return CliRunner().invoke(make_app(), arguments, env=variables)

    return invoke


def test_a_channel_is_tried_told_by_a_rule_and_what_it_missed_is_replayed(run: Run, own: Account) -> None:
    receiver, path = own.world.hook, f"/{uuid4().hex}"
    settings = (f"url={receiver.url(path)}", "signing_secret=a secret of the receiver")
    made = run("channels", "add", "team", "-t", "webhook", "-s", settings[0], "-s", settings[1])
    assert "Added team" in made.output
    assert run("channels", "test", "team").output.strip() == "team has taken the message."
    assert receiver.of(path)[0].json["table"]["name"] == "shop.orders"
    assert "signing_secret=[hidden]" in run("channels", "list").output
    assert "New incident: shop.orders" in run("channels", "preview", "team").output
    assert "routing_key" in run("channels", "types").output
    assert run("channels", "set", "team", "--subject", "{{ table.name }}!").output.strip() == "team is changed."
    assert "{{ table.name }}!" in run("channels", "show", "team").output
    rule = run("notifications", "rules", "add", "all", "-c", "team", "--severity", "warning", "-t", f"{SHOP}.*")
    assert "Added all" in rule.output
    assert "table shop.*, min_severity warning" in run("notifications", "rules", "list").output

    receiver.gone.add(path)
    own.run(check_ids=[own.check(own.connect())])
    [channel] = ok(own.rest.get("/notification-channels"))["channels"]
    dead = own.told_by(channel["id"], "DEAD")
    assert "127.0.0.1 answered 404." in run("notifications", "list", "--state", "dead").output
    assert "NOTIFICATION_REJECTED" in run("notifications", "show", dead["id"]).output
    receiver.gone.remove(path)
    assert run("notifications", "replay", "--dead").output.startswith("1 will be sent")
    assert own.told_by(channel["id"], "SENT")["id"] == dead["id"]
    [*_, last] = receiver.of(path)
    assert (last.headers["X-DQ-Delivery"], last.json["subject"]) == (dead["id"], "shop.customers!")

    refused = run("channels", "delete", "team").exception
    assert isinstance(refused, UsageError)
    assert "named by 1 rules: 'all'" in refused.message
    assert run("notifications", "rules", "delete", "all").output.strip() == "all is deleted."
    assert run("channels", "delete", "team").output.strip() == "team is deleted."

"""One running platform with the sample shop as its source, and workspaces in it."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx

from local.ports import LOOPBACK
from local.postgres import SUPERUSER
from local.stack import Stack
from tests.receivers.hook import Hook

Json = dict[str, Any]
SHOP = "shop"
FINAL = ("JOB_STATE_SUCCEEDED", "JOB_STATE_FAILED", "JOB_STATE_CANCELLED")


@dataclass(frozen=True, slots=True)
class World:
    """The stack, the shop's Parquet files by table, the first admin's key, and a receiver of notifications.

    Clients are closed with `cleanup`.
    """

    stack: Stack
    files: Mapping[str, Path]
    key: str
    hook: Hook
    cleanup: ExitStack = field(repr=False)

    def client(self, key: str = "") -> httpx.Client:
        """A client of the REST API with the key, or without any."""
        headers = {"X-API-Key": key} if key else {}
        client = httpx.Client(base_url=f"{self.stack.gateway_url}/api/v1", headers=headers, timeout=60)
        return self.cleanup.enter_context(client)

    def account(self) -> Account:
        """A new workspace."""
        made = ok(self.client(self.key).post("/workspaces", json={"name": f"w-{uuid4().hex}"}))
        return Account(self, made["secret"], self.client(made["secret"]))

    def postgres_settings(self, **changes: object) -> Json:
        """How a connection reaches the shop in PostgreSQL."""
        config = self.stack.postgres.config
        settings = {
            "host": LOOPBACK,
            "port": config.port,
            "database": SHOP,
            "user": SUPERUSER,
            "password": config.password,
            "ssl_mode": "disable",
        }
        return settings | changes

    def parquet_settings(self) -> Json:
        return {"files": "; ".join(f"{table}={path}" for table, path in self.files.items())}


@dataclass(frozen=True, slots=True)
class Account:
    """A workspace, its admin's key and a REST client that has it."""

    world: World
    key: str
    rest: httpx.Client

    def with_role(self, role: str) -> httpx.Client:
        """A client with a new key of the role, such as `viewer`."""
        made = ok(self.rest.post("/api-keys", json={"display_name": role, "role": f"ROLE_{role.upper()}"}))
        return self.world.client(made["secret"])

    def connect(self, name: str = "shop", **changes: object) -> str:
        """The id of a new connection to the shop in PostgreSQL."""
        body = {"display_name": name, "type": "postgresql", "settings": self.world.postgres_settings(**changes)}
        return str(ok(self.rest.post("/connections", json=body))["id"])

    def channel(self, path: str = "/hook") -> str:
        """The id of a new channel that posts to this path of the world's receiver."""
        settings = {"url": self.world.hook.url(path), "signing_secret": "a secret of the receiver"}
        body = {"display_name": "hook", "type": "webhook", "settings": settings}
        return str(ok(self.rest.post("/notification-channels", json=body))["id"])

    def told_by(self, channel_id: str, state: str) -> Json:
        """The first notification for the channel that is in this state; it will be soon."""
        query = {"channel_id": channel_id, "states": f"NOTIFICATION_STATE_{state}"}
        until = time.monotonic() + 30
        while time.monotonic() < until:
            found = ok(self.rest.get("/notifications", params=query))["notifications"]
            if found:
                return dict(found[-1])
            time.sleep(0.1)
        raise AssertionError(ok(self.rest.get("/notifications")))

    def check(self, connection_id: str, **changes: Any) -> str:
        """The id of a new check; of nulls in the e-mail addresses unless changed."""
        return str(ok(self.rest.post("/checks", json=check_body(connection_id, **changes)))["id"])

    def run(self, **selector: Any) -> Json:
        """Run the selected checks and return the job when it has ended."""
        return self.finished(ok(self.rest.post("/checks/batch/run", json={"selector": selector}))["id"])

    def finished(self, job_id: str) -> Json:
        """The job when it has ended."""
        with self.rest.stream("GET", f"/jobs/{job_id}/watch") as stream:
            lines = list(stream.iter_lines())
        assert stream.status_code == 200, lines
        job = ok(self.rest.get(f"/jobs/{job_id}"))
        assert job["state"] in FINAL
        return job

    def partition_days(self, check: Json, column: str, window: tuple[str, str]) -> dict[str, Any]:
        """The value of each day in the window, when the check runs on partitions by the column; one is enough."""
        partitioned = {
            "mode": "MODE_PARTITIONED",
            "partition_column": column,
            "thresholds": {"error": {"min_count": 1}},
        }
        check_id = ok(self.rest.post("/checks", json=check | partitioned))["id"]
        start, end = (f"{day}T00:00:00Z" for day in window)
        job = ok(self.rest.post(f"/checks/{check_id}/run", json={"window": {"start_time": start, "end_time": end}}))
        self.finished(job["id"])
        return {one["time_period"]: one["value"] for one in self.results(job["id"])}

    def results(self, job_id: str) -> list[Json]:
        """All results of the job."""
        return list(pages(self.rest, "/results", "results", {"filter.job_id": job_id}))


def check_body(connection_id: str, **changes: Any) -> Json:
    """A check as REST takes it; `table` and `column` change its target, other changes are fields."""
    target = {
        "connection_id": connection_id,
        "schema_name": SHOP,
        "table_name": changes.pop("table", "customers"),
        "column_name": changes.pop("column", "email"),
    }
    return {"target": target, "check_type": "nulls_count", "thresholds": {"error": {"max_count": 0}}} | changes


def ok(response: httpx.Response) -> Json:
    """The body of a successful answer."""
    assert response.is_success, f"{response.request.method} {response.request.url}: {response.text}"
    body: Json = response.json() if response.content else {}
    return body


def pages(
    rest: httpx.Client, path: str, items: str, query: Mapping[str, str | int | Sequence[str]] | None = None
) -> Iterator[Json]:
    """Every item of a list, page after page."""
    token = ""
    while True:
        page = ok(rest.get(path, params={"page_size": 1000, **(query or {}), "page_token": token}))
        yield from page[items]
        token = page["next_page_token"]
        if not token:
            return

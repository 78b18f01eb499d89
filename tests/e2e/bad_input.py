"""Calls that must be refused: what each sends, which field the answer blames, and what it says of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.e2e.examples import Scene
from tests.e2e.world import SHOP, Json, check_body

NOWHERE = "00000000-0000-7000-8000-000000000000"
TABLES = f"schemas/{SHOP}/tables"


@dataclass(frozen=True, slots=True)
class Bad:
    """A bad call: what it sends, the field that the answer blames, and words that its description must hold."""

    name: str
    method: str
    path: str | Callable[[Scene], str]
    field: str
    words: tuple[str, ...] = ()
    body: Callable[[Scene], Any] | None = None
    query: Mapping[str, str] = field(default_factory=dict)

    def send(self, scene: Scene) -> httpx.Response:
        path = self.path if isinstance(self.path, str) else self.path(scene)
        content = None if self.body is None else json.dumps(self.body(scene)).encode()
        headers = {"Content-Type": "application/json"}
        return scene.account.rest.request(
            self.method, path, params=dict(self.query) or None, content=content, headers=headers
        )


def check(name: str, blamed: str, *words: str, **changes: Any) -> Bad:
    """A check that cannot be created."""
    return Bad(name, "POST", "/checks", blamed, words, lambda it: check_body(it.connection, **changes))


def connection(name: str, blamed: str, *words: str, settings: Json | None = None, **changes: Any) -> Bad:
    """A connection that cannot be created."""

    def body(scene: Scene) -> Json:
        made = scene.connection_body
        return made | {"settings": made["settings"] | (settings or {})} | changes

    return Bad(name, "POST", "/connections", blamed, words, body)


def schedule(name: str, blamed: str, *words: str, **changes: Any) -> Bad:
    """A schedule that cannot be created."""
    return Bad(name, "POST", "/schedules", blamed, words, lambda it: it.schedule_body(**changes))


def get(name: str, path: str | Callable[[Scene], str], blamed: str, *words: str, **query: str) -> Bad:
    return Bad(name, "GET", path, blamed, words, query={key.replace("__", "."): one for key, one in query.items()})


THRESHOLDS = "check.thresholds"
ROWS = {"method": "SAMPLE_METHOD_ROW", "percent": 5}
CHECKS = [
    check("unknown type", "check.check_type", "nulls_percent", check_type="nulls_precent"),
    check("unknown column", "check.target.column_name", "email", "phone", "birth_date", column="e_mail"),
    check("unknown table", "check.target.table_name", "custommers", table="custommers"),
    check("no table", "check.target.table_name", "required", table=""),
    check("column of a table check", "check.target.column_name", check_type="row_count", thresholds={}),
    check("no column for a column check", "check.target.column_name", column=""),
    check(
        "column of a wrong type", "check.target.column_name", "text", column="birth_date", check_type="empty_text_found"
    ),
    check("misspelt threshold", f"{THRESHOLDS}.error.max_cuont", "max_count", thresholds={"error": {"max_cuont": 1}}),
    check("threshold of a wrong type", f"{THRESHOLDS}.error.max_count", thresholds={"error": {"max_count": "few"}}),
    check("threshold out of range", f"{THRESHOLDS}.error.max_count", thresholds={"error": {"max_count": -1}}),
    check("threshold that is not whole", f"{THRESHOLDS}.error.max_count", thresholds={"error": {"max_count": 0.5}}),
    check(
        "thresholds out of order",
        f"{THRESHOLDS}.error",
        "warning",
        "error",
        thresholds={"warning": {"max_count": 9}, "error": {"max_count": 5}},
    ),
    check("unknown severity", f"{THRESHOLDS}.critical", thresholds={"critical": {"max_count": 1}}),
    check(
        "percent over 100",
        f"{THRESHOLDS}.error.max_percent",
        "100",
        check_type="nulls_percent",
        thresholds={"error": {"max_percent": 101}},
    ),
    check(
        "unknown sensor parameter",
        "check.sensor_params.min_lenght",
        "min_length",
        check_type="text_length_below_min_length",
        sensor_params={"min_lenght": 3},
    ),
    check(
        "missing sensor parameter", "check.sensor_params.regex", "required", check_type="text_not_matching_regex_found"
    ),
    check(
        "broken regular expression",
        "check.sensor_params.regex",
        check_type="text_not_matching_regex_found",
        sensor_params={"regex": "("},
    ),
    check("filter of two statements", "check.filter", filter="1 = 1; DROP TABLE shop.customers"),
    check("filter that is no condition", "check.filter", filter="SELECT 1"),
    check("filter that does not parse", "check.filter", filter="status = = 'x'"),
    check("filter that writes", "check.filter", filter="(DELETE FROM shop.customers RETURNING true)"),
    check("filter with an unknown column", "check.filter", "email", filter="e_mail IS NULL"),
    check("partitions without a column", "check.partition_column", "birth_date", mode="MODE_PARTITIONED"),
    check("partition column of a wrong mode", "check.partition_column", partition_column="birth_date"),
    check(
        "partition column of a wrong type", "check.partition_column", mode="MODE_PARTITIONED", partition_column="email"
    ),
    check("sample of a count", "check.table_sample", "nulls_percent", table_sample=ROWS),
    check(
        "sample of everything",
        "check.table_sample.percent",
        "less than 100",
        check_type="nulls_percent",
        thresholds={},
        table_sample=ROWS | {"percent": 100},
    ),
    check("sample without a method", "check.table_sample.method", "required", table_sample={"percent": 5}),
    check(
        "sample by an unknown method", "check.table_sample.method", "ROW", table_sample={"method": "SAMPLE_METHOD_X"}
    ),
    check("unknown group column", "check.group_by[0].column", "country_code", group_by=[{"column": "country"}]),
    check("ten groups", "check.group_by", "9", group_by=[{"tag": f"t{number}"} for number in range(10)]),
    check("unknown mode", "check.mode", "MODE_MONITORING", mode="MODE_SOMETIMES"),
    check("unknown mode number", "check.mode", mode=99),
    check("unknown field", "check.colour", colour="red"),
    check("text for a message", "check.thresholds", thresholds="all"),
    check("number for a text", "check.display_name", display_name=5),
    check("text for a boolean", "check.enabled", enabled="true"),
    check("NUL in a text", "check.description", description="a\x00b"),
    check("NUL in a name", "check.target.table_name", table="a\x00b"),
    check("half a surrogate", "check.description", description="\ud800"),
    check("long name", "check.display_name", "200", display_name="x" * 201),
    check("too many labels", "check.labels", "64", labels={f"l{number}": "" for number in range(65)}),
]
CONNECTIONS = [
    connection("unknown type", "connection.type", "postgresql", type="postgre"),
    connection("no name", "connection.display_name", "required", display_name=""),
    connection("no rows", "connection.budget.max_scanned_row_count", "is 0", budget={"max_scanned_row_count": 0}),
    connection("unknown setting", "connection.settings.pasword", "password", settings={"pasword": "x"}),
    connection("negative port", "connection.settings.port", "1", settings={"port": -5}),
    connection("port over the top", "connection.settings.port", "65535", settings={"port": 70000}),
    connection("port with a fraction", "connection.settings.port", "whole", settings={"port": 54.5}),
    connection("port as a text", "connection.settings.port", "whole", settings={"port": "5432"}),
    connection("no host", "connection.settings.host", "required", settings={"host": ""}),
    connection("list for a setting", "connection.settings.user", settings={"user": ["a"]}),
    connection("NUL in a setting", "connection.settings.database", settings={"database": "a\x00"}),
    connection("unknown choice", "connection.settings.ssl_mode", "disable", settings={"ssl_mode": "maybe"}),
    connection("unknown time zone", "connection.time_zone", "Europe/Berlin", time_zone="Europe/Berln"),
]
SCHEDULES = [
    schedule("cron that never fires", "schedule.cron", "never", cron="0 0 30 2 *"),
    schedule("cron of four fields", "schedule.cron", "five", cron="0 0 * *"),
    schedule("cron out of range", "schedule.cron", "minute", cron="61 * * * *"),
    schedule("cron of words", "schedule.cron", cron="every day"),
    schedule("no cron", "schedule.cron", "required", cron=""),
    schedule("unknown time zone", "schedule.time_zone", "America/New_York", time_zone="America/NewYork"),
    schedule("jitter of hours", "schedule.jitter", "an hour", jitter="7200s"),
    schedule("jitter of the period", "schedule.jitter", "300 seconds", cron="*/5 * * * *", jitter="300s"),
    schedule("jitter of words", "schedule.jitter", jitter="a while"),
    schedule("unknown overlap", "schedule.overlap", "OVERLAP_QUEUE", overlap="OVERLAP_REPLACE"),
    schedule("selector of a connection's name", "schedule.selector.connection_id", "did you mean",
             selector={"connection_id": "shp"}),
    schedule("no selector", "schedule.selector", "required", selector=None),
    schedule("selector of an unknown type", "schedule.selector.check_type", "nulls_count",
             selector={"check_type": "nulls_cuont"}),
]  # fmt: skip
QUERIES = [
    get("negative page size", "/checks", "page_size", "negative", page_size="-1"),
    get("page size that is no number", "/checks", "page_size", page_size="many"),
    get("page size beyond 32 bits", "/checks", "page_size", page_size="99999999999"),
    get("page token of nobody", "/checks", "page_token", page_token="nonsense"),
    get("page token with a NUL", "/jobs", "page_token", page_token="a\x00"),
    get("unknown parameter", "/checks", "colour", colour="red"),
    get("unknown filter", "/results", "filter.colour", filter__colour="red"),
    get("unknown enum name", "/results", "filter.outcomes", "OUTCOME_PASSED", filter__outcomes="OUTCOME_GREEN"),
    get("unknown enum number", "/jobs", "states", states="77"),
    get("time that is none", "/results", "filter.start_time", filter__start_time="yesterday"),
    get("window that ends before it starts", "/results", "filter.end_time",
        filter__start_time="2026-02-01T00:00:00Z", filter__end_time="2026-01-01T00:00:00Z"),
    get("trend without a check", "/results/trend", "check_id", "required"),
    get("trend in an unknown zone", lambda it: f"/results/trend?check_id={it.check}&time_zone=Asia/Kolkatta",
        "time_zone", "Asia/Kolkata"),
    get("trend that ends before it starts",
        lambda it: f"/results/trend?check_id={it.check}&start_time=2026-02-01T00:00:00Z&end_time=2026-01-01T00:00:00Z",
        "end_time"),
    get("too many next runs", lambda it: f"/schedules/{it.schedule}/next-runs?count=101", "count", "100"),
    get("NUL in a filter", "/results", "filter.table_name", filter__table_name="a\x00"),
    get("parameter given twice", "/checks?check_type=a&check_type=b", "check_type"),
    get("broken escape in the path", "/checks/%zz", "path"),
    get("path that is not UTF-8", "/checks/%ff", "path"),
]  # fmt: skip
CHANGES = [
    Bad("unknown mask path", "PATCH", lambda it: f"/checks/{it.check}?update_mask=colour", "update_mask", ("colour",),
        lambda _: {"description": "x"}),
    Bad("immutable field", "PATCH", lambda it: f"/checks/{it.check}", "check.check_type", (),
        lambda _: {"check_type": "nulls_percent"}),
    Bad("etag that is none", "PATCH", lambda it: f"/checks/{it.check}?update_mask=", "check.enabled", (),
        lambda _: {"enabled": 1}),
    Bad("emptied name", "PATCH", lambda it: f"/schedules/{it.schedule}?update_mask=display_name",
        "schedule.display_name", ("required",), lambda _: {}),
    Bad("run in a window without an end", "POST", lambda it: f"/checks/{it.check}/run", "window.end_time",
        ("required",), lambda _: {"window": {"start_time": "2026-01-01T00:00:00Z"}}),
    Bad("run in a window backwards", "POST", lambda it: f"/checks/{it.check}/run", "window.end_time", (),
        lambda _: {"window": {"start_time": "2026-01-02T00:00:00Z", "end_time": "2026-01-01T00:00:00Z"}}),
    Bad("bad request id", "POST", lambda it: f"/checks/{it.check}/run", "request_id", ("64",),
        lambda _: {"request_id": "x" * 65}),
    Bad("timeout of two days", "POST", lambda it: f"/checks/{it.check}/run", "timeout", ("172800 s", "at most 86400 s"),
        lambda _: {"timeout": "172800s"}),
    Bad("batch without a selector", "POST", "/checks/batch/run", "selector", ("required",), lambda _: {}),
    Bad("batch that selects nothing", "POST", "/checks/batch/run", "selector", ("no check",),
        lambda _: {"selector": {"table_pattern": "nothing.*"}}),
    Bad("batch of an unknown check", "POST", "/checks/batch/run", "selector.check_ids", (NOWHERE,),
        lambda _: {"selector": {"check_ids": [NOWHERE]}}),
    Bad("channel of an unknown type", "POST", "/notification-channels", "channel.type", ("did you mean 'slack'",),
        lambda _: {"display_name": "x", "type": "slak", "settings": {"url": "https://hooks.example.com/"}}),
    Bad("channel to a private address", "POST", "/notification-channels", "channel.settings.url", ("public",),
        lambda _: {"display_name": "x", "type": "slack", "settings": {"url": "https://169.254.169.254/latest"}}),
    Bad("template with an unknown value", "PATCH", lambda it: f"/notification-channels/{it.channel}",
        "channel.templates.text", ("severty",), lambda _: {"templates": {"text": "{{ incident.severty }}"}}),
    Bad("rule without channels", "POST", "/notification-rules", "rule.channel_ids", ("required",),
        lambda _: {"display_name": "x", "channel_ids": []}),
    Bad("mute into the past", "POST", lambda it: f"/incidents/{it.first_incident}/mute", "mute_until_time",
        ("future",), lambda _: {"mute_until_time": "2020-01-01T00:00:00Z"}),
    Bad("window that ends before it begins", "POST", "/maintenance-windows", "maintenance_window.end_time", ("after",),
        lambda _: {"start_time": "2100-01-02T00:00:00Z", "end_time": "2100-01-01T00:00:00Z", "reason": "x"}),
    Bad("window that is over", "POST", "/maintenance-windows", "maintenance_window.end_time", ("future",),
        lambda _: {"start_time": "2020-01-01T00:00:00Z", "end_time": "2020-01-02T00:00:00Z", "reason": "x"}),
    Bad("window without a reason", "POST", "/maintenance-windows", "maintenance_window.reason", ("required",),
        lambda _: {"start_time": "2100-01-01T00:00:00Z", "end_time": "2100-01-02T00:00:00Z"}),
    Bad("ticket without TLS", "POST", lambda it: f"/incidents/{it.first_incident}/ticket", "ticket_url",
        ("https://tickets.example.com",), lambda _: {"ticket_url": "http://tickets.example.com/7"}),
    Bad("endless assignee", "POST", lambda it: f"/incidents/{it.first_incident}/assign", "assignee", ("200",),
        lambda _: {"assignee": "a" * 201}),
    Bad("workspace with capitals", "POST", "/workspaces", "workspace.name", ("lower-case",),
        lambda _: {"name": "Shop"}),
    Bad("key without a role", "POST", "/api-keys", "api_key.role", ("required",), lambda _: {"display_name": "x"}),
    Bad("key that has expired", "POST", "/api-keys", "api_key.expire_time", ("future",),
        lambda _: {"display_name": "x", "role": "ROLE_VIEWER", "expire_time": "2020-01-01T00:00:00Z"}),
    Bad("table filter of two statements", "PATCH",
        lambda it: f"/connections/{it.connection}/{TABLES}/customers/settings", "table_settings.filter", (),
        lambda _: {"filter": "1 = 1; SELECT 2"}),
    Bad("list for the body", "POST", "/checks", "check", (), lambda _: [1, 2]),
    Bad("number for the body", "POST", "/checks", "check", (), lambda _: 7),
]  # fmt: skip

ALL = (*CHECKS, *CONNECTIONS, *SCHEDULES, *QUERIES, *CHANGES)

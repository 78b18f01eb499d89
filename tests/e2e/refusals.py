"""What a refused REST call tells its caller."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import httpx

from tests.e2e.world import Account, Json, pages

CODES = {400: (3, 9, 11), 401: (16,), 403: (7,), 404: (5,), 405: (12,), 409: (6, 10), 413: (8,), 503: (14,), 504: (4,)}


@dataclass(frozen=True, slots=True)
class Refusal:
    """A `google.rpc.Status` in its parts; `violations` are descriptions by field, `reasons` machine names by field."""

    reason: str
    message: str
    violations: Mapping[str, str]
    reasons: Mapping[str, str]


def refused(response: httpx.Response, status: int = 400) -> Refusal:
    """The refusal; it must have the HTTP status and be a well-formed Status with one ErrorInfo."""
    assert response.status_code == status, f"{response.status_code}: {response.text}"
    assert response.headers["content-type"] == "application/json"
    body = response.json()
    if set(body) == {"error"}:  # what a stream says before its first message
        body = body["error"]
    assert set(body) == {"code", "message", "details"}
    assert body["code"] in CODES[status]
    details = {detail["@type"].rpartition(".")[2]: detail for detail in body["details"]}
    assert len(details) == len(body["details"]), "two details of one type"
    info = details["ErrorInfo"]
    assert info["domain"] == "dqplatform.dev"
    assert info["reason"].isupper()
    violations = details.get("BadRequest", {}).get("field_violations", [])
    return Refusal(
        info["reason"],
        body["message"],
        {one["field"]: one["description"] for one in violations},
        {one["field"]: one.get("reason", "") for one in violations},
    )


def contents(account: Account) -> dict[str, list[Json]]:
    """All that is in a workspace and that a call could change; when keys were used is left out."""
    lists = {
        "/connections": "connections",
        "/checks": "checks",
        "/schedules": "schedules",
        "/api-keys": "api_keys",
        "/jobs": "jobs",
        "/results": "results",
        "/incidents": "incidents",
        "/notification-channels": "channels",
        "/notification-rules": "rules",
    }
    return {
        path: [{key: value for key, value in one.items() if key != "last_used_time"} for one in found]
        for path, items in lists.items()
        for found in [list(pages(account.rest, path, items))]
    }

"""Reads error answers."""

from __future__ import annotations

from typing import Any

import httpx


def details(response: httpx.Response) -> dict[str, Any]:
    """The details of an error by the last word of their type."""
    return {detail["@type"].rpartition(".")[2]: detail for detail in response.json()["details"]}


def violations(response: httpx.Response) -> list[dict[str, str]]:
    """The field violations of a 400."""
    found = details(response)
    assert found["ErrorInfo"]["reason"] == "INVALID_ARGUMENT"
    return list(found["BadRequest"]["field_violations"])

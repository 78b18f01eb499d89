from __future__ import annotations

from dq_platform.connectors.nearest import did_you_mean


def test_a_near_name_is_suggested() -> None:
    assert did_you_mean("Hots", ["host", "port"]) == "; did you mean 'host'?"


def test_without_a_near_name_all_are_listed() -> None:
    assert did_you_mean("xyz", ["port", "host"]) == "; there are: host, port."

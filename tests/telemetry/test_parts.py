from __future__ import annotations

import threading

import pytest

from local.ports import any_free
from telemetry.parts import MetricsPortError, Telemetry, of_process, serving
from tests.telemetry.scrape import scrape, value


def test_a_process_tells_of_itself_while_it_serves_and_leaves_nothing_behind() -> None:
    port, before = any_free(), threading.active_count()
    telemetry = of_process("check", {})
    telemetry.metrics.rpc.answered("dq.v1.CheckService/GetCheck", "OK", 0.02)
    with serving(telemetry, "127.0.0.1", port):
        found = scrape(f"http://127.0.0.1:{port}/metrics")
    labels = {"method": "dq.v1.CheckService/GetCheck", "code": "OK"}
    assert value(found, "dq_rpc_duration_seconds_bucket", **labels, le="0.01") == 0
    assert value(found, "dq_rpc_duration_seconds_bucket", **labels, le="0.025") == 1
    assert value(found, "process_start_time_seconds") > 0
    assert threading.active_count() == before


def test_a_taken_port_is_told_with_its_setting() -> None:
    port = any_free()
    with (
        serving(Telemetry(), "127.0.0.1", port),
        pytest.raises(MetricsPortError, match=f"DQ_METRICS_PORT: 127.0.0.1:{port} cannot be listened on"),
        serving(Telemetry(), "127.0.0.1", port),
    ):
        pass


def test_without_a_port_nothing_is_served() -> None:
    before = threading.active_count()
    with serving(Telemetry(), "127.0.0.1", None):
        assert threading.active_count() == before

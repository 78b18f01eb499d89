from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from dq_platform.log import HIDDEN, configure, context


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """What is logged as JSON; logging is afterwards as it was before."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    stream = io.StringIO()
    configure("json", "info", stream)
    yield stream
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def last(lines: io.StringIO) -> dict[str, object]:
    parsed: dict[str, object] = json.loads(lines.getvalue().splitlines()[-1])
    return parsed


def test_a_line_holds_event_level_time_and_context(lines: io.StringIO) -> None:
    with context(request_id="r-1", job_id="j-1"):
        structlog.get_logger().info("job.finished", ms=12)
    line = last(lines)
    assert line.pop("timestamp")
    assert line == {"event": "job.finished", "level": "info", "ms": 12, "request_id": "r-1", "job_id": "j-1"}


def test_context_ends_with_its_block(lines: io.StringIO) -> None:
    with context(request_id="r-1"):
        pass
    structlog.get_logger().info("later")
    assert "request_id" not in last(lines)


@pytest.mark.parametrize(
    "name", ["password", "db_password", "passwd", "client_secret", "token", "api_key", "Authorization", "settings"]
)
def test_what_is_named_like_a_secret_is_hidden(lines: io.StringIO, name: str) -> None:
    structlog.get_logger().info("x", **{name: "hunter2"}, nested={name: "hunter2"})
    assert last(lines)[name] == HIDDEN
    assert "hunter2" not in lines.getvalue()


def test_credentials_in_text_are_hidden(lines: io.StringIO) -> None:
    key = "dqp_" + "0" * 32 + "_hunter2-x"
    structlog.get_logger().info(f"lost postgresql://dq:hunter2@db/dq with {key}")
    assert "hunter2" not in lines.getvalue()
    assert "@db/dq" in lines.getvalue()


def test_credentials_in_an_exception_are_hidden(lines: io.StringIO) -> None:
    try:
        message = "cannot reach redis://:hunter2@redis:6379"
        raise RuntimeError(message)
    except RuntimeError:
        structlog.get_logger().exception("queue.failed")
    assert "RuntimeError" in str(last(lines)["exception"])
    assert "hunter2" not in lines.getvalue()


def test_a_librarys_line_looks_like_ours(lines: io.StringIO) -> None:
    logging.getLogger("some.library").warning("took %d ms", 12)
    assert last(lines)["event"] == "took 12 ms"
    assert last(lines)["logger"] == "some.library"


def test_lines_below_the_level_are_dropped(lines: io.StringIO) -> None:
    structlog.get_logger().debug("unseen")
    logging.getLogger("arq.worker").info("unseen")
    assert lines.getvalue() == ""


def test_the_console_shows_text() -> None:
    stream = io.StringIO()
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    configure("console", "info", stream)
    structlog.get_logger().info("job.finished", password="hunter2")
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()
    assert "job.finished" in stream.getvalue()
    assert "hunter2" not in stream.getvalue()


@pytest.mark.parametrize("library", ["httpx", "httpcore", "aiosmtplib"])
def test_clients_that_tell_of_urls_are_not_listened_to(lines: io.StringIO, library: str) -> None:
    logging.getLogger(f"{library}.part").info("POST https://hooks.example.com/a-secret-path")
    assert lines.getvalue() == ""

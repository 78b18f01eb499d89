"""Structured logs of a process, its libraries' included."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Mapping, MutableMapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

SECRET_NAME = re.compile(
    r"pass(word|wd|phrase)?$|secret|token|credential|authorization|api_?key$|encryption_key|private_key|^settings$",
    re.I,
)
URL_CREDENTIALS = re.compile(r"(?<=://)[^/\s:@]*:[^/\s]*@")
API_KEY = re.compile(r"\bdqp_[0-9a-fA-F]{32}_[A-Za-z0-9_-]+")
HIDDEN = "[hidden]"
# They tell of every statement and request at this level, which we log ourselves where it matters; and of URLs that are
# secrets.
QUIET = ("sqlalchemy", "asyncio", "arq", "uvicorn.access", "httpx", "httpcore", "aiosmtplib")


def configure(format: str = "console", level: str = "info", stream: TextIO | None = None) -> None:
    """Send every log line to `stream` (standard error by default) as `console` text or `json`, without secrets.

    Call it once, where the process begins. Values bound with `context` are on every line.
    """
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        hide_secrets,
    ]
    handler = logging.StreamHandler(stream or sys.stderr)
    # Our own lines do not take the way through `logging`, which costs as much again as rendering them.
    structlog.configure(
        processors=[*shared, *_renderers(format, handler.stream)],
        logger_factory=structlog.WriteLoggerFactory(handler.stream),
        wrapper_class=structlog.make_filtering_bound_logger(level),
        cache_logger_on_first_use=False,
    )
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.add_logger_name, *shared],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                *_renderers(format, handler.stream),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for name in QUIET:
        logging.getLogger(name).setLevel(max(logging.WARNING, root.level))


def context(**values: str | Sequence[str]) -> AbstractContextManager[None]:
    """Put request_id, job_id, unit_id, check_ids on every line from within the block and the tasks it starts."""
    return structlog.contextvars.bound_contextvars(**values)


def bound() -> Mapping[str, Any]:
    """What `context` has put on the lines from here."""
    return structlog.contextvars.get_contextvars()


def hide_secrets(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Replace what is named like a secret, and credentials inside URLs."""
    return {name: _hidden(name, value) for name, value in event.items()}


def _hidden(name: str, value: Any) -> Any:  # noqa: ANN401  # a log line holds anything
    if not name.startswith("_") and SECRET_NAME.search(name):
        return HIDDEN
    if isinstance(value, str):
        return API_KEY.sub(HIDDEN, URL_CREDENTIALS.sub(f"{HIDDEN}@", value))
    if isinstance(value, Mapping) and not name.startswith("_"):
        return {key: _hidden(str(key), item) for key, item in value.items()}
    return value


def _renderers(format: str, stream: TextIO) -> list[Processor]:
    renderer: Processor = structlog.processors.JSONRenderer()
    if format != "json":
        plain = structlog.dev.plain_traceback
        renderer = structlog.dev.ConsoleRenderer(colors=stream.isatty(), exception_formatter=plain)
    return [structlog.processors.format_exc_info, _hide_in_exception, renderer]


def _hide_in_exception(_logger: WrappedLogger, _method: str, event: MutableMapping[str, Any]) -> EventDict:
    if "exception" in event:
        event["exception"] = _hidden("exception", event["exception"])
    return event

"""A pytest plugin that notes which cases ran on which engine's server, for the table in docs/engines.md.

`pytest --engines-report FILE` writes them as JSON, from all workers: one object per case.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from dq_platform.connectors.base import BaseConnector, SourceVersion
from tests.contract.engine import Engine

PROPERTY = "engine"
CONTRACT = "Contract"
OWN = "own"
"""The area of cases that an engine's test file adds to the contract."""
SENSORS = "sensors"
_VERSIONS = pytest.StashKey[dict[int, tuple[object, SourceVersion]]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--engines-report", metavar="FILE", help="write what ran on which engine to FILE, as JSON")


def pytest_configure(config: pytest.Config) -> None:
    config.stash[_VERSIONS] = {}
    path = config.getoption("--engines-report")
    if path and not hasattr(config, "workerinput"):
        config.pluginmanager.register(_Report(Path(path)))


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_call(item: pytest.Item) -> None:
    """Note a case that measures a sensor: there the fixture is a bench, which has a session."""
    bench = getattr(item, "funcargs", {}).get("bench")
    connector = getattr(bench, "connector", None)
    if isinstance(connector, BaseConnector) and item.config.getoption("--engines-report", None):
        note(item, SENSORS, connector.type, _version(item.config, connector, connector.version))


def note_case(item: pytest.Item, engine: Engine) -> None:
    """Note a case of a class that takes part in the contract."""
    classes = getattr(item, "cls", None)
    if not any(kind.__name__.endswith(CONTRACT) for kind in (classes.__mro__ if classes else ())):
        return
    if item.config.getoption("--engines-report", None):
        version = _version(item.config, engine, lambda: _ask(engine))
        note(item, area_of(item), engine.type, version, engine.stand_in)


def note(item: pytest.Item, area: str, engine: str, version: SourceVersion, stand_in: str = "") -> None:
    server = f"{version.product} {version.version}"
    item.user_properties.append((PROPERTY, {"area": area, "engine": engine, "server": server, "stand_in": stand_in}))


def area_of(item: pytest.Item) -> str:
    """The part of the contract that the case comes from, by the name of its class: `GuardContract` is `guard`."""
    name = getattr(item, "originalname", item.name)
    for kind in getattr(item, "cls", object).__mro__:
        if name in vars(kind) and kind.__name__.endswith(CONTRACT):
            return kind.__name__.removesuffix(CONTRACT).lower()
    return OWN


def _version(config: pytest.Config, about: object, ask: Any) -> SourceVersion:
    """What the server said when it was asked first."""
    known = config.stash[_VERSIONS]
    if id(about) not in known:
        known[id(about)] = (about, ask())
    return known[id(about)][1]


def _ask(engine: Engine) -> SourceVersion:
    with engine.session() as session:
        return session.version()


class _Report:
    """Lives where pytest collects the outcomes of all workers."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._cases: list[dict[str, str]] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "call" or report.skipped:
            noted = dict(report.user_properties).get(PROPERTY)
            if isinstance(noted, dict):
                reason = report.longrepr[2] if report.skipped and isinstance(report.longrepr, tuple) else ""
                self._cases.append({**noted, "outcome": report.outcome, "reason": reason.removeprefix("Skipped: ")})

    def pytest_sessionfinish(self) -> None:
        self._path.write_text(json.dumps(self._cases, indent=1))

from __future__ import annotations

import importlib

import pytest

from local.errors import MissingProgram
from tests.engines.sqlserver import require_freetds


@pytest.fixture(autouse=True)
def without_driver_manager(monkeypatch: pytest.MonkeyPatch) -> None:
    def import_module(name: str) -> None:
        raise ImportError(name)

    monkeypatch.setattr(importlib, "import_module", import_module)


def test_where_it_is_not_installed_the_test_is_skipped_naming_the_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="apt install unixodbc tdsodbc"):
        require_freetds()


def test_on_continuous_integration_a_missing_driver_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    with pytest.raises(MissingProgram, match="apt install unixodbc tdsodbc"):
        require_freetds()

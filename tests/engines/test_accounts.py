from __future__ import annotations

import pytest

from tests.engines.accounts import account


def test_a_url_holds_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DQ_TEST_X", "x://us%40er:p%2Fw@db.example.org:5439/shop?ssl_mode=require&region=eu")
    assert account("DQ_TEST_X") == {
        "host": "db.example.org",
        "port": 5439,
        "user": "us@er",
        "password": "p/w",
        "database": "shop",
        "ssl_mode": "require",
        "region": "eu",
    }


def test_without_a_url_there_is_no_account(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DQ_TEST_X", raising=False)
    assert account("DQ_TEST_X") == {}

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from dq_platform.settings import LogLevel, ServerSettings, SettingsError, StoreSettings, WorkerSettings, load

KEY = Fernet.generate_key().decode()
GOOD = {
    "DATABASE_URL": "postgresql+asyncpg://dq:pass@db:5432/dq",
    "REDIS_URL": "redis://redis:6379/0",
    "ENCRYPTION_KEY": KEY,
}


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in (*GOOD, "DEBUG", "DQ_HOST", "DQ_LOG_LEVEL", "DQ_LEASE", "DQ_CHECK_PORT", "API_KEY_HEADER"):
        monkeypatch.delenv(name, raising=False)
    return monkeypatch


def set_all(environment: pytest.MonkeyPatch, **changes: str) -> None:
    for name, value in (GOOD | changes).items():
        environment.setenv(name, value)


def test_three_settings_suffice(environment: pytest.MonkeyPatch) -> None:
    set_all(environment)
    settings = load(ServerSettings)
    assert settings.database_url.get_secret_value() == GOOD["DATABASE_URL"]
    assert (settings.host, settings.connection_port, settings.check_port, settings.results_port) == (
        "127.0.0.1",
        50051,
        50052,
        50053,
    )
    assert settings.api_key_header == "X-API-Key"
    assert load(WorkerSettings).lease == timedelta(seconds=30)
    assert load(WorkerSettings).statement_timeout == timedelta(minutes=5)


def test_directories_of_files_are_absolute(environment: pytest.MonkeyPatch) -> None:
    set_all(environment)
    assert load(WorkerSettings).file_directories == ()
    environment.setenv("DQ_FILE_DIRECTORIES", "/data, /more data")
    assert load(WorkerSettings).file_directories == (Path("/data"), Path("/more data"))
    environment.setenv("DQ_FILE_DIRECTORIES", "/data,more")
    with pytest.raises(SettingsError, match="DQ_FILE_DIRECTORIES: must be absolute paths"):
        load(WorkerSettings)


def test_a_migration_needs_the_database_only(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("DATABASE_URL", GOOD["DATABASE_URL"])
    assert load(StoreSettings).database_pool == 10


def test_all_that_is_missing_is_told_at_once() -> None:
    with pytest.raises(SettingsError) as caught:
        load(ServerSettings)
    message = str(caught.value)
    assert "DATABASE_URL: is not set; for example postgresql+asyncpg://" in message
    assert "REDIS_URL: is not set" in message
    assert "ENCRYPTION_KEY: is not set; make one with" in message


def test_all_that_is_wrong_is_told_at_once_without_its_value(environment: pytest.MonkeyPatch) -> None:
    set_all(
        environment,
        DATABASE_URL="mysql://dq:hunter2@db/dq",
        REDIS_URL="hunter2",
        ENCRYPTION_KEY=f"{KEY},hunter2",
        DQ_CHECK_PORT="hunter2",
        API_KEY_HEADER="hunter2:",
    )
    with pytest.raises(SettingsError) as caught:
        load(ServerSettings)
    message = str(caught.value)
    for name in ("DATABASE_URL", "REDIS_URL", "ENCRYPTION_KEY: key 2", "DQ_CHECK_PORT", "API_KEY_HEADER"):
        assert name in message
    assert "hunter2" not in message
    assert KEY not in message
    assert caught.value.__cause__ is None


def test_an_empty_setting_is_a_missing_one(environment: pytest.MonkeyPatch) -> None:
    set_all(environment, REDIS_URL="")
    with pytest.raises(SettingsError, match="REDIS_URL: is not set"):
        load(ServerSettings)


def test_a_port_in_a_url_must_be_one(environment: pytest.MonkeyPatch) -> None:
    set_all(environment, DATABASE_URL="postgresql://dq@db:port/dq")
    with pytest.raises(SettingsError, match="DATABASE_URL: must be a URL like"):
        load(ServerSettings)


def test_several_keys_are_taken(environment: pytest.MonkeyPatch) -> None:
    set_all(environment, ENCRYPTION_KEY=f"{KEY},{Fernet.generate_key().decode()}")
    assert load(ServerSettings).encryption_key.get_secret_value().startswith(KEY)


def test_debugging_logs_everything(environment: pytest.MonkeyPatch) -> None:
    set_all(environment, DEBUG="true", DQ_LOG_LEVEL="error")
    assert load(ServerSettings).effective_log_level is LogLevel.DEBUG


def test_secrets_do_not_show_in_a_printed_setting(environment: pytest.MonkeyPatch) -> None:
    set_all(environment)
    shown = repr(load(ServerSettings))
    assert KEY not in shown
    assert "pass@" not in shown

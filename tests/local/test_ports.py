from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from local.errors import NoFreePort
from local.ports import HIGHEST, LOOPBACK, Move, any_free, choose, is_free


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.create_server((LOOPBACK, 0)) as server:
        yield server.getsockname()[1]


def test_a_free_port_is_kept() -> None:
    port = any_free()
    assert choose({"gateway": port}) == ({"gateway": port}, [])


def test_a_taken_port_is_replaced_by_a_free_one_above_and_the_move_is_told(taken: int) -> None:
    chosen, moves = choose({"gateway": taken})
    assert chosen["gateway"] > taken
    assert is_free(chosen["gateway"])
    assert moves == [Move("gateway", taken, chosen["gateway"])]
    assert str(moves[0]) == f"Port {taken} (gateway) is taken: using {chosen['gateway']}."


def test_a_port_listened_on_at_all_interfaces_is_not_free() -> None:
    with socket.create_server(("0.0.0.0", 0)) as server:
        assert not is_free(server.getsockname()[1])


def test_a_port_shared_by_reuseport_as_grpc_does_is_not_free() -> None:
    with socket.create_server((LOOPBACK, 0), reuse_port=True) as server:
        assert not is_free(server.getsockname()[1])


def test_a_port_wanted_for_one_is_never_given_to_another(taken: int) -> None:
    chosen, _ = choose({"connection": taken, "check": taken + 1, "results": taken + 2})
    assert chosen["connection"] > taken + 2
    assert len(set(chosen.values())) == 3


def test_when_no_port_is_left_the_error_says_where_it_looked() -> None:
    with socket.create_server((LOOPBACK, HIGHEST)), pytest.raises(NoFreePort, match=str(HIGHEST)):
        choose({"gateway": HIGHEST})

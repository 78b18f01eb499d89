"""Ports on the loopback interface that nobody listens on."""

from __future__ import annotations

import socket
from collections.abc import Mapping
from dataclasses import dataclass

from local.errors import NoFreePort

LOOPBACK = "127.0.0.1"
ATTEMPTS = 200
HIGHEST = 65_535


@dataclass(frozen=True, slots=True)
class Move:
    """A port that was wanted but taken, and the one chosen in its place."""

    name: str
    wanted: int
    chosen: int

    def __str__(self) -> str:
        return f"Port {self.wanted} ({self.name}) is taken: using {self.chosen}."


def is_free(port: int) -> bool:
    """Whether a server could listen on the port now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def any_free() -> int:
    """Return a free port of the system's choice."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
    return port


def choose(wanted: Mapping[str, int]) -> tuple[dict[str, int], list[Move]]:
    """Return a free port for each name, and the moves: a taken port is replaced by the next free one above it.

    A port wanted for one name is never given to another. Raises NoFreePort.
    """
    spoken_for = set(wanted.values())
    chosen: dict[str, int] = {}
    moves: list[Move] = []
    for name, port in wanted.items():
        chosen[name] = port
        if not is_free(port):
            chosen[name] = _next_free(port, spoken_for)
            moves.append(Move(name, port, chosen[name]))
            spoken_for.add(chosen[name])
    return chosen, moves


def _next_free(port: int, spoken_for: set[int]) -> int:
    for candidate in range(port + 1, min(port + 1 + ATTEMPTS, HIGHEST + 1)):
        if candidate not in spoken_for and is_free(candidate):
            return candidate
    raise NoFreePort(f"No free port between {port} and {port + ATTEMPTS} on {LOOPBACK}.")

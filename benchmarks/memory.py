"""How much memory a process holds, by /proc; Linux only."""

from __future__ import annotations

from pathlib import Path


def resident(pid: int) -> float:
    """MB that it holds now."""
    return _status(pid, "VmRSS")


def peak(pid: int) -> float:
    """MB that it held at most."""
    return _status(pid, "VmHWM")


def _status(pid: int, name: str) -> float:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    [line] = [line for line in lines if line.startswith(f"{name}:")]
    return int(line.split()[1]) / 1024

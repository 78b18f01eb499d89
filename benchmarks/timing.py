"""Medians of interleaved runs, wall and CPU, so that what the machine does meanwhile falls on all alike."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median

TICKS = 100.0


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds on the clock, and of CPU in client and server together."""

    wall: float
    cpu: float


def interleaved(work: Mapping[str, Callable[[], object]], cpu: Callable[[], float], rounds: int) -> dict[str, Cost]:
    """Run every piece of work once as a warm-up, then all of them in turn; returns each one's medians."""
    for run in work.values():
        run()
    costs: dict[str, list[Cost]] = {name: [] for name in work}
    for _ in range(rounds):
        for name, run in work.items():
            wall, used = time.perf_counter(), cpu()
            run()
            costs[name].append(Cost(time.perf_counter() - wall, cpu() - used))
    return {name: Cost(median(c.wall for c in all_), median(c.cpu for c in all_)) for name, all_ in costs.items()}


def cpu_of_family(root: int) -> float:
    """CPU seconds that a process, its ended children and its living descendants have used; Linux only."""
    stats = {int(path.name): _stat(path) for path in Path("/proc").iterdir() if path.name.isdigit()}
    family, grown = {root}, True
    while grown:
        more = {pid for pid, stat in stats.items() if stat and int(stat[1]) in family}
        grown, family = not more <= family, family | more
    return sum(sum(map(int, stats[pid][11:15])) / TICKS for pid in family if stats.get(pid))


def _stat(process: Path) -> list[str]:
    """The fields of /proc/PID/stat after the name: state, parent, …; empty if the process has ended."""
    try:
        return (process / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []

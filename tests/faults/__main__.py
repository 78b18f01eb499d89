"""`python -m tests.faults [--seconds 300] [--seed N]` plays faults for a while and checks the books."""

from __future__ import annotations

import argparse
import asyncio
import secrets
import sys
import time

from rich.console import Console
from rich.table import Table

from dq_platform import log
from tests.faults.drill import Report, drill


async def _played(seed: int, seconds: float, console: Console) -> Report:
    async with drill(seed, seconds, lambda line: console.print(line, highlight=False, markup=False)) as drilled:
        return drilled.report


def main() -> int:
    """The exit code: 0 if the books are right, else 1."""
    parser = argparse.ArgumentParser(description="Play faults against real processes, then check the books.")
    parser.add_argument("--seconds", type=float, default=300, help="how long faults are played (default: 300)")
    parser.add_argument("--seed", type=int, default=None, help="which faults (default: drawn anew)")
    asked = parser.parse_args()
    seed = secrets.randbelow(1_000_000) if asked.seed is None else asked.seed
    console = Console()
    log.configure("console", "ERROR")
    started = time.monotonic()
    console.print(f"seed {seed}, {asked.seconds:.0f} seconds")
    report = asyncio.run(_played(seed, asked.seconds, console))
    table = Table("what", "how many")
    for name, count in ({"faults": len(report.faults)} | report.totals).items():
        table.add_row(name, str(count))
    console.print(table)
    for line in report.wrong:
        console.print(line, style="red", markup=False)
    verdict = "the books are wrong" if report.wrong else "the books are right"
    console.print(f"seed {seed}: {verdict}; {time.monotonic() - started:.0f} seconds in all")
    return 1 if report.wrong else 0


if __name__ == "__main__":
    sys.exit(main())

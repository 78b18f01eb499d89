"""Run the benchmarks: all of them, or those named. Example: python -m benchmarks fused_scan."""

from __future__ import annotations

import sys

from rich.console import Console

from benchmarks import (
    anomaly,
    batch,
    claims,
    footprint,
    fused_scan,
    overhead,
    rest,
    results,
    schedules,
    single_runs,
    storing,
)

BENCHMARKS = {
    "fused_scan": fused_scan.run,
    "batch": batch.run,
    "single_runs": single_runs.run,
    "claims": claims.run,
    "overhead": overhead.run,
    "footprint": footprint.run,
    "storing": storing.run,
    "results": results.run,
    "rest": rest.run,
    "schedules": schedules.run,
    "anomaly": anomaly.run,
}


def main() -> None:
    """Run what the command line names, else everything."""
    console = Console()
    names = sys.argv[1:] or list(BENCHMARKS)
    if unknown := sorted(set(names) - set(BENCHMARKS)):
        console.print(f"There is no benchmark {', '.join(unknown)}; there are: {', '.join(BENCHMARKS)}.")
        sys.exit(2)
    for name in names:
        console.rule(name, align="left")
        BENCHMARKS[name](console)


if __name__ == "__main__":
    main()

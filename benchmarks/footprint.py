"""What processes need before there is anything to do: memory, and the time until they are ready.

Against a Python that has imported nothing but asyncio.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import time
from pathlib import Path
from statistics import median

from rich.console import Console

from benchmarks.memory import resident
from benchmarks.platform import platform
from local.stack import SERVERS, Stack

ROUNDS = 5
SETTLED = 3.0
BARE = (sys.executable, "-c", "import asyncio, sys; print(flush=True); sys.stdin.read()")


def run(console: Console) -> None:
    """Print MB and seconds."""
    with platform(console) as (stack, _):
        time.sleep(SETTLED)
        memory = {name: resident(stack.pid_of(name)) for name in ("worker-1", "cron", *SERVERS, "gateway")}
        before = _cpu_of_children()
        ready = median(_until_ready(stack) for _ in range(ROUNDS))
        cpu = (_cpu_of_children() - before) / ROUNDS
    began = time.perf_counter()
    with subprocess.Popen(BARE, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as bare:
        assert bare.stdout is not None
        bare.stdout.readline()
        took, bare_memory = time.perf_counter() - began, resident(bare.pid)
        bare.communicate()
    console.print(f"python -m workers is ready after {ready:.2f} s, with {cpu:.2f} s of CPU until its end;")
    console.print(f"  a bare Python after {took:.2f} s")
    for name, size in memory.items():
        console.print(
            f"  {name:<10} {size:4.0f} MB idle, against a bare Python's {bare_memory:.0f} MB: {size / bare_memory:.1f}"
        )


def _cpu_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _until_ready(stack: Stack) -> float:
    mark = Path(stack.directory, "run", "bench.ready")
    environment = os.environ | stack.environment() | {"DQ_READY_FILE": str(mark)}
    began = time.perf_counter()
    with subprocess.Popen(
        (sys.executable, "-P", "-m", "workers"), env=environment, stdout=subprocess.DEVNULL
    ) as worker:
        while not mark.exists():
            time.sleep(0.005)
        took = time.perf_counter() - began
        worker.terminate()
    return took

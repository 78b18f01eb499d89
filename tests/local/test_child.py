from __future__ import annotations

import fcntl
import signal
import time
from datetime import timedelta
from pathlib import Path

import pytest

from local.child import Child, Command
from tests.local.processes import is_running, next_line, python, wait_until_gone

STARTER = """
import sys, time
from datetime import timedelta
from pathlib import Path
from local.child import Child, Command

lock = open(sys.argv[2], "w")
import fcntl
fcntl.flock(lock, fcntl.LOCK_EX)
grace = timedelta(seconds=1)
command = Command("child", ("/bin/sh", "-c", sys.argv[3]), Path(sys.argv[1]), grace=grace)
child = Child.spawn(command, (lock.fileno(),))
print(child.pid, flush=True)
time.sleep(600)
"""
DEAF = "trap '' TERM; while true; do sleep 0.1; done"


def command(log: Path, script: str, grace: float = 10) -> Command:
    return Command("child", ("/bin/sh", "-c", script), log, grace=timedelta(seconds=grace))


def test_output_and_errors_go_to_the_log(tmp_path: Path) -> None:
    child = Child.spawn(command(tmp_path / "logs" / "child.log", "echo out; echo err >&2; exit 3"))
    assert child.join() == 3
    assert child.tail() == ["out", "err"]


def test_the_tail_is_the_last_twenty_lines(tmp_path: Path) -> None:
    child = Child.spawn(command(tmp_path / "log", "seq 1 100"))
    child.join()
    assert child.tail() == [str(number) for number in range(81, 101)]


def test_stopping_sends_the_stop_signal(tmp_path: Path) -> None:
    script = "trap 'echo bye; exit 0' TERM; echo ready; while true; do sleep 0.05; done"
    child = Child.spawn(command(tmp_path / "log", script))
    wait_for_line(child, "ready")
    assert child.stop() == 0
    assert child.tail()[-1] == "bye"


def test_a_child_deaf_to_the_stop_signal_is_killed_after_the_grace_time(tmp_path: Path) -> None:
    child = Child.spawn(command(tmp_path / "log", f"echo ready; {DEAF}", grace=0.3))
    wait_for_line(child, "ready")
    assert child.stop() == -signal.SIGKILL


def test_stopping_a_child_stops_what_it_started_itself(tmp_path: Path) -> None:
    child = Child.spawn(command(tmp_path / "log", "sh -c 'trap \"\" TERM; sleep 600' & echo $!; wait"))
    while not child.tail():
        time.sleep(0.02)
    grandchild = int(child.tail()[0])
    assert is_running(grandchild)
    child.stop()
    assert wait_until_gone([grandchild]) == []


def test_stopping_twice_is_harmless(tmp_path: Path) -> None:
    child = Child.spawn(command(tmp_path / "log", "sleep 600"))
    assert child.stop() == child.stop() == -signal.SIGTERM


@pytest.mark.parametrize("script", ["sleep 600", DEAF], ids=["obedient", "deaf"])
def test_a_child_dies_with_its_killed_starter_and_only_then_frees_the_lock(tmp_path: Path, script: str) -> None:
    lock = tmp_path / "lock"
    with python(STARTER, str(tmp_path / "log"), str(lock), script) as starter:
        pid = int(next_line(starter))
        starter.kill()
        starter.wait()
        with lock.open() as file:
            fcntl.flock(file, fcntl.LOCK_EX)
        assert wait_until_gone([pid], seconds=1) == []


def wait_for_line(child: Child, line: str) -> None:
    while line not in child.tail():
        time.sleep(0.02)

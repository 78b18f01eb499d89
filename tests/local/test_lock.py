from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from local.errors import AlreadyRunning
from local.lock import Owner, StateLock, owner_of
from tests.local.processes import next_line, python

HOLDER = """
import subprocess, sys, time
from pathlib import Path
from local.lock import StateLock

lock = StateLock.acquire(Path(sys.argv[1]))
subprocess.Popen(["sleep", sys.argv[2]], pass_fds=(lock.descriptor,), stdout=subprocess.DEVNULL)
lock.publish(["http://127.0.0.1:8000/docs"])
print("held", flush=True)
time.sleep(600)
"""


def test_a_second_owner_is_told_who_runs_and_where(tmp_path: Path) -> None:
    with python(HOLDER, str(tmp_path), "0") as holder:
        assert next_line(holder) == "held"
        with pytest.raises(
            AlreadyRunning, match=r"already running \(process \d+\)\.\n  http://127.0.0.1:8000/docs"
        ) as e:
            StateLock.acquire(tmp_path)
        assert e.value.pid == holder.pid
        assert owner_of(tmp_path) == Owner(holder.pid, ("http://127.0.0.1:8000/docs",))


def test_after_a_killed_owner_the_lock_waits_for_what_the_owner_had_started(tmp_path: Path) -> None:
    with python(HOLDER, str(tmp_path), "1") as holder:
        assert next_line(holder) == "held"
        started = time.monotonic()
        holder.kill()
        holder.wait()
        StateLock.acquire(tmp_path).release()
        assert time.monotonic() - started > 0.5


def test_a_released_lock_can_be_taken_again(tmp_path: Path) -> None:
    StateLock.acquire(tmp_path).release()
    lock = StateLock.acquire(tmp_path)
    assert owner_of(tmp_path) == Owner(os.getpid(), ())
    lock.release()


def test_a_directory_without_a_stack_has_no_owner(tmp_path: Path) -> None:
    assert owner_of(tmp_path) is None
    StateLock.acquire(tmp_path).release()
    assert owner_of(tmp_path) is None

from __future__ import annotations

import signal
from datetime import timedelta
from pathlib import Path

import pytest
from rich.console import Console

from local.child import Command
from local.errors import ChildDied, NotReady
from local.supervisor import Service, Supervisor
from tests.local.processes import is_running, next_line, python, wait_until_gone

FOREVER = "while true; do sleep 0.1; done"
SUPERVISED = """
import sys
from pathlib import Path
from rich.console import Console
from local.child import Command
from local.supervisor import Service, Supervisor

with Supervisor(Console(quiet=True)) as supervisor:
    commands = [Command(f"c{n}", ("sleep", "600"), Path(sys.argv[1]) / f"{n}.log") for n in range(3)]
    supervisor.start([Service(command, lambda: True) for command in commands])
    print(*(child.pid for child in supervisor.children), flush=True)
    supervisor.watch()
"""


def service(directory: Path, name: str, script: str, ready: str = "", deadline: float = 60) -> Service:
    """A shell script that is ready when the file `ready` exists (at once if it has no name)."""
    command = Command(name, ("/bin/sh", "-c", script), directory / f"{name}.log", cwd=directory)
    return Service(command, (directory / ready).exists, f"at {name}", timedelta(seconds=deadline))


def test_start_returns_when_all_are_ready_and_says_where_they_are(tmp_path: Path, console: Console) -> None:
    with Supervisor(console) as supervisor:
        supervisor.start(
            [
                service(tmp_path, "slow", f"sleep 0.3; touch slow; {FOREVER}", "slow"),
                service(tmp_path, "quick", f"touch quick; {FOREVER}", "quick"),
            ]
        )
        assert (tmp_path / "slow").exists()
        supervisor.check()
    text = console.export_text()
    assert text.index("✓ quick") < text.index("✓ slow")
    assert "at slow" in text


def test_a_child_that_dies_is_named_with_exit_code_and_last_lines_and_all_others_are_stopped(
    tmp_path: Path, console: Console
) -> None:
    with Supervisor(console) as supervisor:
        supervisor.start([service(tmp_path, "steady", FOREVER)])
        supervisor.start([service(tmp_path, "frail", "sleep 0.5; echo out of luck; exit 7")])
        pids = [child.pid for child in supervisor.children]
        with pytest.raises(ChildDied) as caught:
            supervisor.watch()
    assert (caught.value.name, caught.value.exit_code, caught.value.last_lines) == ("frail", 7, ("out of luck",))
    assert "frail stopped by itself (exit code 7)" in str(caught.value)
    assert str(tmp_path / "frail.log") in str(caught.value)
    assert [pid for pid in pids if is_running(pid)] == []


def test_a_child_killed_by_a_signal_is_reported_with_its_name(tmp_path: Path, console: Console) -> None:
    with Supervisor(console) as supervisor, pytest.raises(ChildDied, match="killed by SIGKILL"):
        supervisor.start([service(tmp_path, "victim", "kill -KILL $$", "never")])


def test_a_child_that_dies_while_others_start_ends_the_wait(tmp_path: Path, console: Console) -> None:
    with Supervisor(console) as supervisor, pytest.raises(ChildDied, match=r"early stopped by itself \(exit code 2\)"):
        supervisor.start(
            [service(tmp_path, "late", FOREVER, "never"), service(tmp_path, "early", "exit 2", "never-either")]
        )


def test_a_child_that_is_never_ready_is_an_error_after_its_deadline(tmp_path: Path, console: Console) -> None:
    with Supervisor(console) as supervisor, pytest.raises(NotReady, match="still thinking"):
        supervisor.start([service(tmp_path, "slow", f"echo still thinking; {FOREVER}", "never", deadline=0.3)])


def test_groups_are_stopped_in_reverse_order(tmp_path: Path, console: Console) -> None:
    def noted(name: str) -> Service:
        script = f"trap 'echo {name} >> ends; exit 0' TERM; touch {name}; {FOREVER}"
        return service(tmp_path, name, script, name)

    with Supervisor(console) as supervisor:
        for name in ("store", "server", "worker"):
            supervisor.start([noted(name)])
    assert (tmp_path / "ends").read_text().split() == ["worker", "server", "store"]


def test_a_command_that_cannot_be_started_leaves_none_of_its_group(tmp_path: Path, console: Console) -> None:
    missing = Service(Command("missing", ("/no/such/program",), tmp_path / "missing.log"), lambda: True)
    with Supervisor(console) as supervisor:
        with pytest.raises(FileNotFoundError):
            supervisor.start([service(tmp_path, "steady", FOREVER), missing])
        pids = [child.pid for child in supervisor.children]
    assert len(pids) == 1
    assert not is_running(pids[0])


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT], ids=["SIGKILL", "ctrl-c"])
def test_no_child_outlives_its_supervisor(tmp_path: Path, number: signal.Signals) -> None:
    with python(SUPERVISED, str(tmp_path)) as supervisor:
        pids = [int(pid) for pid in next_line(supervisor).split()]
        assert all(is_running(pid) for pid in pids)
        supervisor.send_signal(number)
        supervisor.wait()
        assert wait_until_gone(pids) == []

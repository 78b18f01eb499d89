"""Virtual environments for stand-ins whose dependencies do not go together with the project's."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from local.errors import CommandFailed

CACHE = Path(__file__).resolve().parents[2] / ".cache" / "engines"
STAND_INS = Path(__file__).parent / "stand_ins"


def python_with(name: str) -> Path:
    """The interpreter of an environment that holds what `stand_ins/NAME.txt` pins, made at its first use.

    Raises CommandFailed if it cannot be made.
    """
    pins = STAND_INS / f"{name}.txt"
    directory = CACHE / f"{name}-{hashlib.sha256(pins.read_bytes()).hexdigest()[:12]}"
    if not directory.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        unfinished = Path(tempfile.mkdtemp(prefix=f"{name}-", dir=CACHE))
        try:
            _make(unfinished, pins)
            unfinished.rename(directory)
        except OSError:  # somebody else was faster
            if not directory.exists():
                raise
        finally:
            shutil.rmtree(unfinished, ignore_errors=True)
    return directory / "bin" / "python"


def _make(directory: Path, pins: Path) -> None:
    uv = str(Path(sys.executable).with_name("uv"))
    _run(uv, "venv", "-q", "--clear", "--python", sys.executable, str(directory))
    _run(uv, "pip", "install", "-q", "--python", str(directory / "bin" / "python"), "-r", str(pins))


def _run(*argv: str) -> None:
    done = subprocess.run(argv, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode != 0:
        raise CommandFailed(" ".join(argv[:3]), done.returncode, done.stdout.splitlines())

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from local.errors import CommandFailed
from tests.engines import environments
from tests.engines.environments import python_with

CODE = "import idna; print(idna.__version__)"

pytestmark = pytest.mark.engines  # it asks the package registry


@pytest.fixture
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory for the pins, with a cache of its own beside it."""
    monkeypatch.setattr(environments, "CACHE", tmp_path / "cache")
    monkeypatch.setattr(environments, "STAND_INS", tmp_path)
    return tmp_path


def test_an_environment_is_made_once_for_the_same_pins(places: Path) -> None:
    (places / "small.txt").write_text("idna==3.10\n")
    python = python_with("small")
    assert python == python_with("small")
    said = subprocess.run((python, "-c", CODE), capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "3.10"
    (places / "small.txt").write_text("# others\nidna==3.10\n")
    assert python != python_with("small")


def test_what_cannot_be_installed_is_told_and_leaves_nothing_behind(places: Path) -> None:
    (places / "small.txt").write_text("idna==0.0.0\n")
    with pytest.raises(CommandFailed, match=r"idna==0\.0\.0"):
        python_with("small")
    assert list((places / "cache").iterdir()) == []

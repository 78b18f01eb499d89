from __future__ import annotations

from pathlib import Path

import pytest

from workers.process import ready_file


def test_the_ready_file_is_there_while_the_process_is_ready(tmp_path: Path) -> None:
    path = tmp_path / "ready"
    with ready_file(path) as tell_ready:
        assert not path.exists()
        tell_ready()
        assert path.exists()
    assert not path.exists()


def test_without_a_file_nothing_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with ready_file(None) as tell_ready:
        tell_ready()
        assert list(tmp_path.iterdir()) == []

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from local.account import Account, unprivileged_account
from local.errors import MissingProgram
from local.places import SHARED
from local.postgres_binaries import PACKAGE, find_binaries


def test_they_are_those_of_the_wheel() -> None:
    binaries = find_binaries(None)
    assert binaries.major == "18"
    for program in (binaries.initdb, binaries.postgres):
        assert "(PostgreSQL) 18." in subprocess.check_output([program, "--version"], text=True)


def test_a_missing_wheel_is_an_error_that_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(MissingProgram, match=r"dq-platform\[local\]"):
        find_binaries(None)


def test_programs_that_an_account_cannot_reach_are_copied_to_where_it_can(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = unprivileged_account() or Account("self", os.geteuid(), os.getegid())
    monkeypatch.setattr(Account, "can_reach", lambda self, path: path.is_relative_to(SHARED))
    binaries = find_binaries(account)
    home = SHARED / binaries.directory.relative_to(SHARED).parts[0]
    try:
        assert find_binaries(account) == binaries
        as_whom = account.popen_arguments() if os.geteuid() == 0 else {}
        version = subprocess.check_output([binaries.initdb, "--version"], cwd="/", text=True, **as_whom)
        assert version.startswith("initdb (PostgreSQL) 18.")
        assert [path.name for path in home.iterdir()] == ["site"]
        assert (home / "site" / PACKAGE).is_dir()
    finally:
        shutil.rmtree(home)

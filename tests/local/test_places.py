from __future__ import annotations

import os
import stat
from pathlib import Path
from uuid import uuid4

import pytest

from local.errors import UnsafePlace
from local.places import SHARED, make_traversable, own_shared_directory


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_new_directories_let_others_pass_through_whatever_the_umask(tmp_path: Path) -> None:
    former = os.umask(0o077)
    try:
        make_traversable(tmp_path / "a" / "b")
    finally:
        os.umask(former)
    assert mode(tmp_path / "a") == mode(tmp_path / "a" / "b") == 0o711


def test_directories_that_exist_keep_their_permissions(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir(mode=0o700)
    make_traversable(tmp_path / "a" / "b")
    assert mode(tmp_path / "a") == 0o700


def test_a_shared_directory_is_made_once_and_found_again() -> None:
    name = f"dq-test-{uuid4().hex}"
    directory = own_shared_directory(name)
    try:
        assert own_shared_directory(name) == directory == SHARED / name
        assert mode(directory) == 0o711
    finally:
        directory.rmdir()


def test_a_shared_directory_that_others_can_write_to_is_refused() -> None:
    directory = SHARED / f"dq-test-{uuid4().hex}"
    directory.mkdir()
    directory.chmod(0o777)
    try:
        with pytest.raises(UnsafePlace, match="not ours alone"):
            own_shared_directory(directory.name)
    finally:
        directory.rmdir()


def test_a_link_in_the_place_of_a_shared_directory_is_refused(tmp_path: Path) -> None:
    link = SHARED / f"dq-test-{uuid4().hex}"
    link.symlink_to(tmp_path)
    try:
        with pytest.raises(UnsafePlace):
            own_shared_directory(link.name)
    finally:
        link.unlink()

from __future__ import annotations

from pathlib import Path

import pytest

from dq_platform.connectors.file_places import FilePlaces


@pytest.fixture
def places(tmp_path: Path) -> FilePlaces:
    for name in ("data", "secrets", "data/keys"):
        (tmp_path / name).mkdir()
    (tmp_path / "secrets" / "a.json").touch()
    (tmp_path / "data" / "link.json").symlink_to(tmp_path / "secrets" / "a.json")
    (tmp_path / "data" / "folder").symlink_to(tmp_path / "secrets")
    return FilePlaces((tmp_path / "data",), (tmp_path / "data" / "keys",))


@pytest.mark.parametrize("path", ["data/a.csv", "data/deep/er/a.csv", "data"])
def test_what_lies_below_a_directory_may_be_read(places: FilePlaces, tmp_path: Path, path: str) -> None:
    assert places.allow(tmp_path / path)


@pytest.mark.parametrize(
    "path",
    [
        "secrets/a.json",
        "data/link.json",
        "data/folder/a.json",
        "data/keys/a.json",
        "data/../secrets/a.json",
        "data/deep/../a.csv",
        "data2/a.csv",
    ],
)
def test_all_else_may_not(places: FilePlaces, tmp_path: Path, path: str) -> None:
    assert not places.allow(tmp_path / path)


def test_a_directory_may_be_a_link_itself(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    assert FilePlaces((tmp_path / "link",)).allow(tmp_path / "link" / "a.csv")


def test_by_default_nothing_may_be_read_and_secrets_never(tmp_path: Path) -> None:
    assert not FilePlaces().allow(tmp_path / "a.csv")
    assert not FilePlaces((Path("/"),)).allow(Path("/run/secrets/shop.json"))
    assert FilePlaces((Path("/"),)).allow(tmp_path / "a.csv")


def test_a_refusal_names_the_setting_and_what_it_allows() -> None:
    assert FilePlaces((Path("/a"), Path("/b"))).refusal().endswith("DQ_FILE_DIRECTORIES allows; it allows /a, /b")
    assert FilePlaces().refusal().endswith("it allows none")

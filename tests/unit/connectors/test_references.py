from __future__ import annotations

from pathlib import Path

import pytest

from dq_platform.connectors.references import References, is_reference
from dq_platform.errors import SourceError, SourceProblem

ENVIRONMENT = {
    "DB_PASSWORD": "s3cret",
    "ENCRYPTION_KEY": "ours",
    "DQ_TOKEN": "ours",
    "DQ_SOURCE_A": "theirs",
    "OTHER": "ours",
}


def resolve(value: str, *directories: Path, variables: tuple[str, ...] = ()) -> object:
    return References(ENVIRONMENT, directories, variables).resolve({"password": value, "port": 1})["password"]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("${env:A}", True),
        ("${file:/a}", True),
        ("x${env:A}", False),
        ("$env:A", False),
        ("${other:A}", False),
        (5, False),
    ],
)
def test_only_a_whole_value_is_a_reference(value: str | int, expected: bool) -> None:
    assert is_reference(value) is expected


def test_a_variable_is_resolved() -> None:
    assert resolve("${env:DB_PASSWORD}", variables=("DB_PASSWORD",)) == "s3cret"
    assert resolve("${env:DQ_SOURCE_A}") == "theirs"


def test_other_values_stay() -> None:
    assert References(ENVIRONMENT, ()).resolve({"a": "x", "b": 1, "c": True}) == {"a": "x", "b": 1, "c": True}


def test_a_file_is_resolved_without_its_last_line_end(tmp_path: Path) -> None:
    (tmp_path / "password").write_text("s3cret \n")
    assert resolve(f"${{file:{tmp_path}/password}}", tmp_path) == "s3cret "


@pytest.mark.parametrize("name", ["MISSING", "ENCRYPTION_KEY", "DATABASE_URL", "DQ_TOKEN", "OTHER"])
def test_a_variable_that_is_missing_or_ours_is_refused(name: str) -> None:
    with pytest.raises(SourceError) as caught:
        resolve(f"${{env:{name}}}", variables=("MISSING", "ENCRYPTION_KEY", "DATABASE_URL", "DQ_TOKEN"))
    assert caught.value.problem is SourceProblem.CREDENTIALS
    assert f"${{env:{name}}}" in caught.value.message
    assert "DQ_SOURCE_VARIABLES" in caught.value.message
    assert "ours" not in caught.value.message


def test_a_file_elsewhere_is_refused(tmp_path: Path) -> None:
    inside, outside = tmp_path / "inside", tmp_path / "outside"
    inside.mkdir()
    outside.write_text("s3cret")
    (inside / "link").symlink_to(outside)
    for path in (outside, inside / ".." / "outside", inside / "link", inside / "missing", inside):
        with pytest.raises(SourceError):
            resolve(f"${{file:{path}}}", inside)


def test_the_environment_is_not_shown() -> None:
    assert "s3cret" not in repr(References(ENVIRONMENT, ()))

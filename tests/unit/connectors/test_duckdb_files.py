from __future__ import annotations

from pathlib import Path

import pytest

from dq_platform.connectors.duckdb_files import parse_files


def test_entries_name_their_reader() -> None:
    text = "a=/x/*.parquet; b = /x/b c.csv ;c=/x/c.json.gz;d=/x/d.TSV;"
    assert [(f.name, f.pattern, f.reader) for f in parse_files(text)] == [
        ("a", "/x/*.parquet", "read_parquet"),
        ("b", "/x/b c.csv", "read_csv"),
        ("c", "/x/c.json.gz", "read_json"),
        ("d", "/x/d.TSV", "read_csv"),
    ]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (" ; ", "names no file"),
        ("orders", "not name=/path"),
        ("=/x.csv", "not name=/path"),
        ("a=x.csv", "not an absolute path"),
        ("a=ftp://bucket/x.csv", "must begin with / or"),
        ("a=s3:///x.csv", "must begin with / or"),
        ("a=s3://bucket/x.exe", "ends with none of"),
        ("a=/etc/passwd", "ends with none of"),
        ("a=/x.parquet.gz", "ends with none of"),
        ("a=/x.csv; A=/y.csv", "'a' twice"),
    ],
)
def test_a_wrong_entry_is_told(text: str, problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        parse_files(text)


def test_paths_are_sorted_files_that_are_not_hidden(tmp_path: Path) -> None:
    for name in ("b.csv", "a.csv", ".c.csv", "d.txt"):
        (tmp_path / name).touch()
    (tmp_path / "e.csv").mkdir()
    [files] = parse_files(f"t={tmp_path}/*.csv")
    assert files.local_paths() == [f"{tmp_path}/a.csv", f"{tmp_path}/b.csv"]

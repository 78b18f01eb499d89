"""The files that a DuckDB connection names, such as `orders=/data/orders/*.parquet; customers=s3://bucket/c.csv`."""

from __future__ import annotations

import glob
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from dq_platform.connectors.duckdb_cloud import Cloud, cloud_of
from dq_platform.connectors.file_places import FilePlaces

_READERS = {
    ".csv": "read_csv",
    ".tsv": "read_csv",
    ".parquet": "read_parquet",
    ".json": "read_json",
    ".jsonl": "read_json",
    ".ndjson": "read_json",
}
_COMPRESSIONS = (".gz", ".zst")


@dataclass(frozen=True, slots=True)
class NamedFiles:
    """The files that match the pattern, as one table. `cloud` is the store that they lie in, None: this machine."""

    name: str
    pattern: str
    reader: str
    cloud: Cloud | None = None

    def local_paths(self) -> list[str]:
        """The files there are now on this machine, sorted."""
        if self.cloud:
            return []
        matches = glob.glob(self.pattern, recursive=True)  # noqa: PTH207  Path.glob would find hidden files too
        return sorted(path for path in matches if Path(path).is_file())

    def may_be_read(self, places: FilePlaces) -> bool:
        """Whether files that match may be read, as far as the pattern tells: links may yet lead elsewhere."""
        return bool(self.cloud) or places.allow(_without_wildcards(Path(self.pattern)))


def real_paths(paths: Sequence[str], places: FilePlaces) -> list[str]:
    """The paths with symbolic links followed. Raises ValueError if one leads to where nothing may be read."""
    if not all(places.allow(Path(path)) for path in paths):
        raise ValueError(places.refusal())
    return [str(Path(path).resolve()) for path in paths]


def _without_wildcards(pattern: Path) -> Path:
    """The part before the first wildcard; all of it if it goes up from one."""
    wild = next((place for place, part in enumerate(pattern.parts) if glob.has_magic(part)), len(pattern.parts))
    return pattern if ".." in pattern.parts else Path(*pattern.parts[:wild])


def parse_files(text: str) -> list[NamedFiles]:
    """The named files in order. Raises ValueError saying what is wrong with the first entry that is."""
    found = [_entry(part.strip()) for part in text.split(";") if part.strip()]
    if not found:
        message = "names no file; write name=/path/to/file.csv; other=/path/*.parquet"
        raise ValueError(message)
    names = [entry.name.lower() for entry in found]
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        message = f"names {repeated[0]!r} twice"
        raise ValueError(message)
    return found


def _entry(text: str) -> NamedFiles:
    name, equals, pattern = (part.strip() for part in text.partition("="))
    if not (name and equals and pattern):
        message = f"has the entry {text!r}, which is not name=/path"
        raise ValueError(message)
    try:
        cloud = cloud_of(pattern)
    except ValueError as error:
        message = f"gives {name!r} the path {pattern!r}, which {error}"
        raise ValueError(message) from error
    if not (cloud or Path(pattern).is_absolute()):
        message = f"gives {name!r} the path {pattern!r}, which is not an absolute path of a local file"
        raise ValueError(message)
    return NamedFiles(name, pattern, _reader(name, pattern), cloud)


def _reader(name: str, pattern: str) -> str:
    path = Path(pattern.lower())
    if path.suffix in _COMPRESSIONS and Path(path.stem).suffix != ".parquet":
        path = Path(path.stem)
    if path.suffix not in _READERS:
        message = f"gives {name!r} a path that ends with none of {', '.join(_READERS)}"
        raise ValueError(message)
    return _READERS[path.suffix]

"""A store of a benchmark's own."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dq_platform.adapters.sql.migrate import upgrade
from local.ports import any_free
from local.postgres import EmbeddedPostgres, PostgresConfig


@contextmanager
def migrated_store() -> Iterator[str]:
    """The URL of a database with our relations, without fsync; it goes with the block."""
    with tempfile.TemporaryDirectory(prefix="dq-bench-") as name:
        folder = Path(name)
        folder.chmod(0o711)
        config = PostgresConfig(folder / "pg", any_free(), "bench", folder / "log", durable=False)
        with EmbeddedPostgres(config) as postgres:
            upgrade(postgres.url())
            yield postgres.url()

"""Temporary directories for servers."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def reachable_directory() -> Iterator[Path]:
    """Yield a new directory that other accounts may pass through, unlike pytest's own, and remove it afterwards."""
    directory = Path(tempfile.mkdtemp(prefix="dq-test-"))
    directory.chmod(0o711)
    try:
        yield directory
    finally:
        shutil.rmtree(directory)

"""What a PostgreSQL server is asked, by its own log."""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from local.postgres import EmbeddedPostgres

# The prefix is the client's name for itself; statements come as text or as prepared ones.
LINE = re.compile(r"^([^|\n]+)\|LOG:  (?:statement|execute [^:]*): ", re.MULTILINE)
SETTLED = 0.5


@contextmanager
def counted(postgres: EmbeddedPostgres) -> Iterator[Counter[str]]:
    """A counter of statements by the name of the client, filled at the end of the block."""
    log, found = Path(postgres.config.log), Counter[str]()
    _log_all(postgres, on=True)
    start = log.stat().st_size
    yield found
    time.sleep(SETTLED)
    with log.open(errors="replace") as lines:
        lines.seek(start)
        found.update(LINE.findall(lines.read()))
    _log_all(postgres, on=False)


def _log_all(postgres: EmbeddedPostgres, *, on: bool) -> None:
    with closing(postgres.connect("postgres")) as link:
        link.autocommit = True
        with link.cursor() as cursor:
            cursor.execute("ALTER SYSTEM SET log_line_prefix = '%a|'")
            cursor.execute(f"ALTER SYSTEM SET log_statement = '{'all' if on else 'none'}'")
            cursor.execute("SELECT pg_reload_conf()")
    time.sleep(SETTLED)

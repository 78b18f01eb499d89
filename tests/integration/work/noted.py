"""What a shop is asked, by its server's own log."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from tests.integration.work.world import Shop

# Errors repeat the statement that they are of, with another word in front.
STATEMENT = re.compile(r"LOG:  (?:statement|execute [^:]*): (.*(?:\n\t.*)*)")


def note_statements(shop: Shop) -> None:
    """Every session that begins from now on has its statements noted."""
    shop.run(f"ALTER DATABASE \"{shop.database}\" SET log_statement = 'all'")


@contextmanager
def counted(shop: Shop, *words: str) -> Iterator[dict[str, int]]:
    """How many statements the shop got within the block, by words that stand in them; filled at its end."""
    log, found = shop.server.log, dict.fromkeys(words, 0)
    start = log.stat().st_size
    yield found
    with log.open(errors="replace") as lines:
        lines.seek(start)
        statements = STATEMENT.findall(lines.read())
    found |= {some: sum(some in statement for statement in statements) for some in words}

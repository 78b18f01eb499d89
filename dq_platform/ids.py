"""Names for new things."""

from __future__ import annotations

import uuid_utils


def new_id() -> str:
    """A UUID version 7: unique everywhere, and later ids sort after earlier ones."""
    return str(uuid_utils.uuid7())

"""Text that must not grow beyond what a header takes."""

from __future__ import annotations

ELLIPSIS = "…"


def clip(text: str, size: int) -> str:
    """The text in at most `size` bytes of UTF-8, ending in an ellipsis if something is missing."""
    encoded = text.encode("utf-8", "replace")
    if len(encoded) <= size:
        return text
    return encoded[: size - len(ELLIPSIS.encode())].decode("utf-8", "ignore") + ELLIPSIS

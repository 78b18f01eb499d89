"""Hashes of API keys' secrets with bcrypt."""

from __future__ import annotations

import asyncio

import bcrypt

# bcrypt reads no more than this; a longer secret would be equal to its beginning.
MAX_BYTES = 72


class BcryptHasher:
    """Works in a thread, because one hash takes as long as hundreds of other requests.

    `rounds` is bcrypt's cost: each one more doubles the time.
    """

    def __init__(self, rounds: int = 12) -> None:
        self._rounds = rounds

    async def hash(self, secret: str) -> bytes:
        """Raises ValueError for a secret that bcrypt would not read to its end."""
        plain = secret.encode()
        if not _readable(plain):
            message = f"a secret holds at most {MAX_BYTES} bytes, none of them zero"
            raise ValueError(message)
        return await asyncio.to_thread(bcrypt.hashpw, plain, bcrypt.gensalt(self._rounds))

    async def verify(self, secret: str, hashed: bytes) -> bool:
        """Whether the secret is the one that was hashed."""
        plain = secret.encode(errors="replace")
        return _readable(plain) and await asyncio.to_thread(bcrypt.checkpw, plain, hashed)


def _readable(plain: bytes) -> bool:
    return len(plain) <= MAX_BYTES and b"\0" not in plain

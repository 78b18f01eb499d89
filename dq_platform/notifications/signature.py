"""How a webhook's receiver knows that a message is ours, whole, and new.

HMAC (RFC 2104) with SHA-256 over the time of sending, a dot and the body's bytes.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime

VERSION = "v1"


def sign(secret: str, at: datetime, body: bytes) -> tuple[str, str]:
    """The timestamp (seconds since 1970, UTC) and the signature `v1=<64 hexadecimal digits>`."""
    timestamp = str(int(at.timestamp()))
    digest = hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    return timestamp, f"{VERSION}={digest}"

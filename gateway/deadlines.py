"""How long a call may take."""

from __future__ import annotations

import re
from typing import Final

from gateway.errors import Violation, invalid
from gateway.routes import Rpc

LONGEST: Final = 300.0
# Methods that wait for a customer's engine, by the first word of their name.
_SLOW: Final = {"Preview": 60.0, "Test": 60.0}
_TIMEOUT: Final = re.compile(r"([0-9]{1,8})([HMSmun])")
_UNITS: Final = {"H": 3600.0, "M": 60.0, "S": 1.0, "m": 1e-3, "u": 1e-6, "n": 1e-9}


def default_limit(rpc: Rpc, usual: float, stream_max_age: float) -> float:
    """Seconds for a call of this method whose client names no limit."""
    if rpc.streaming:
        return stream_max_age
    name = rpc.descriptor.name
    return next((max(usual, limit) for prefix, limit in _SLOW.items() if name.startswith(prefix)), usual)


def requested_limit(header: str, longest: float = LONGEST) -> float:
    """Seconds of a `Grpc-Timeout` header such as `500m`, at most `longest`; raises Problem when it is malformed."""
    shape = _TIMEOUT.fullmatch(header)
    if shape is None:
        raise invalid([Violation("Grpc-Timeout", "must be a number and a unit: H, M, S, m (milliseconds), u or n")])
    return min(int(shape[1]) * _UNITS[shape[2]], longest)

"""The event loop of our processes."""

from __future__ import annotations

import asyncio
import gc
import sys
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

# uvloop is a dependency where it can be had; its own marker, so that a broken installation is noticed.
if sys.platform not in ("win32", "cygwin") and sys.implementation.name == "cpython":
    import uvloop

    new_loop: Callable[[], asyncio.AbstractEventLoop] = uvloop.new_event_loop
else:
    new_loop = asyncio.new_event_loop

T = TypeVar("T")


def run(main: Coroutine[Any, Any, T]) -> T:
    """What the coroutine returns, run on a loop of its own: the fastest that there is for this platform."""
    # What is loaded by now stays: looking through it for garbage took a fifth of a worker's time with many checks.
    gc.freeze()
    with asyncio.Runner(loop_factory=new_loop) as runner:
        return runner.run(main)

from __future__ import annotations

import asyncio
import gc

import pytest
import uvloop

from dq_platform.loop import run


async def kind_of_loop() -> type[asyncio.AbstractEventLoop]:
    return type(asyncio.get_running_loop())


async def fail() -> None:
    raise ZeroDivisionError


def test_our_processes_run_on_uvloop() -> None:
    assert run(kind_of_loop()) is uvloop.Loop


async def left_alone() -> int:
    return gc.get_freeze_count()


def test_the_collector_leaves_alone_what_was_loaded_before() -> None:
    assert run(left_alone()) > 10_000


def test_what_goes_wrong_inside_comes_out() -> None:
    with pytest.raises(ZeroDivisionError):
        run(fail())

from __future__ import annotations

import asyncio

import pytest
import uvloop

from dq_platform.loop import run


async def kind_of_loop() -> type[asyncio.AbstractEventLoop]:
    return type(asyncio.get_running_loop())


async def fail() -> None:
    raise ZeroDivisionError


def test_our_processes_run_on_uvloop() -> None:
    assert run(kind_of_loop()) is uvloop.Loop


def test_what_goes_wrong_inside_comes_out() -> None:
    with pytest.raises(ZeroDivisionError):
        run(fail())

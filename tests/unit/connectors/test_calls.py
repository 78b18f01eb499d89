from __future__ import annotations

import asyncio
import threading

import pytest

from dq_platform.connectors.calls import Calls


async def test_a_result_and_an_error_pass_through() -> None:
    calls = Calls(1)
    assert await calls.result(calls.start(lambda: 5)) == 5
    with pytest.raises(ZeroDivisionError):
        await calls.result(calls.start(lambda: 1 / 0))
    await calls.end()


async def test_a_cancelled_caller_waits_for_the_end_of_the_call() -> None:
    calls, stop, began = Calls(1), threading.Event(), threading.Event()

    def work() -> None:
        began.set()
        stop.wait()

    call = calls.start(work)
    task = asyncio.create_task(calls.result(call, stop.set))
    await asyncio.to_thread(began.wait)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert call.done()
    await calls.end()


async def test_cancel_is_asked_again_until_the_call_ends() -> None:
    calls, stop, asked = Calls(1), threading.Event(), []

    def cancel() -> None:
        asked.append(1)
        if len(asked) == 2:
            stop.set()

    task = asyncio.create_task(calls.result(calls.start(stop.wait), cancel))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert len(asked) == 2
    await calls.end()


async def test_what_comes_after_a_call_begins_when_it_has_ended() -> None:
    calls, gate, order = Calls(2), threading.Event(), []

    def first() -> None:
        gate.wait()
        order.append("first")

    calls.start_after(calls.start(first), lambda: order.append("second"))
    gate.set()
    await calls.end()
    assert order == ["first", "second"]


async def test_a_request_to_stop_that_hangs_is_not_followed_by_another() -> None:
    calls, stop, hang, asked = Calls(1), threading.Event(), threading.Event(), []

    def cancel() -> None:
        asked.append(1)
        hang.wait()

    task = asyncio.create_task(calls.result(calls.start(stop.wait), cancel))
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.sleep(1.2)
    assert asked == [1]
    stop.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    hang.set()
    await calls.end()

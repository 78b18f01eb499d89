from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from dq_platform.app.once import Once
from dq_platform.errors import NotFound


class Source:
    """Answers with the number of the question, as soon as it may; `wrong`: then it fails."""

    def __init__(self, *, wrong: bool = False) -> None:
        self.wrong = wrong
        self.asked = 0
        self.may_answer = asyncio.Event()

    async def __call__(self) -> int:
        self.asked += 1
        await self.may_answer.wait()
        if self.wrong:
            raise NotFound("table", "t")
        return self.asked


def three(once: Once, ask: Callable[[], Awaitable[int]]) -> list[asyncio.Task[int]]:
    return [asyncio.create_task(once.get("job", "columns", ask)) for _ in range(3)]


async def test_many_ask_at_once_and_the_source_is_asked_once() -> None:
    once, source = Once(), Source()
    tasks = three(once, source)
    await asyncio.sleep(0)
    source.may_answer.set()
    assert await asyncio.gather(*tasks) == [1, 1, 1]
    assert await once.get("job", "columns", source) == 1


async def test_another_subject_or_question_is_another_answer() -> None:
    once, source = Once(), Source()
    source.may_answer.set()
    keys = [("job", "columns"), ("later job", "columns"), ("job", "tables")]
    assert [await once.get(*key, source) for key in keys] == [1, 2, 3]


async def test_those_who_wait_share_a_failure_and_whoever_comes_later_asks_again() -> None:
    once, source = Once(), Source(wrong=True)
    tasks = three(once, source)
    await asyncio.sleep(0)
    source.may_answer.set()
    assert {type(one) for one in await asyncio.gather(*tasks, return_exceptions=True)} == {NotFound}
    assert source.asked == 1
    with pytest.raises(NotFound):
        await once.get("job", "columns", source)
    assert source.asked == 2


async def test_another_one_asks_if_the_first_is_cancelled() -> None:
    once, source = Once(), Source()
    first, *others = three(once, source)
    await asyncio.sleep(0)
    first.cancel()
    await asyncio.wait({first})
    source.may_answer.set()
    assert await asyncio.gather(*others) == [2, 2]
    assert first.cancelled()


async def test_whoever_waits_can_be_cancelled_without_the_others() -> None:
    once, source = Once(), Source()
    first, second, third = three(once, source)
    await asyncio.sleep(0)
    second.cancel()
    await asyncio.wait({second})
    source.may_answer.set()
    assert await asyncio.gather(first, third) == [1, 1]


async def test_what_nobody_expected_stays_with_the_one_who_asked() -> None:
    async def broken() -> int:
        message = "broken"
        raise LookupError(message)

    once = Once()
    for _ in range(2):
        with pytest.raises(LookupError):
            await once.get("job", "columns", broken)


async def test_a_forgotten_subject_is_asked_anew_even_while_it_answers() -> None:
    once, source, newer = Once(), Source(wrong=True), Source()
    task = asyncio.create_task(once.get("job", "columns", source))
    await asyncio.sleep(0)
    once.forget("job")
    newer.may_answer.set()
    assert await once.get("job", "columns", newer) == 1
    source.may_answer.set()
    with pytest.raises(NotFound):
        await task
    assert await once.get("job", "columns", newer) == 1


async def test_only_the_answers_that_were_used_last_are_kept() -> None:
    once, source = Once(most=2), Source()
    source.may_answer.set()
    assert [await once.get(job, "columns", source) for job in "abacab"] == [1, 2, 1, 3, 1, 4]

"""Questions that many tasks have in common, asked once."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from typing import Any, TypeVar

from dq_platform.errors import DomainError

T = TypeVar("T")
MOST = 64
"""How many answers are kept: those that were used last."""


class Once:
    """Answers by the subject they belong to and the question; for tasks of one event loop."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._answers: OrderedDict[tuple[Hashable, Hashable], asyncio.Future[Any]] = OrderedDict()

    async def get(self, subject: Hashable, question: Hashable, ask: Callable[[], Awaitable[T]]) -> T:
        """What `ask` answers, or what the first one who had the question was answered.

        Those who wait for an answer share its DomainError; whoever comes later asks again. If the one who asks is
        cancelled, another one asks.
        """
        key = (subject, question)
        while (answer := self._answers.get(key)) is not None:
            self._answers.move_to_end(key)
            await asyncio.wait({answer})
            if not answer.cancelled():
                found: T = answer.result()
                return found
        return await self._ask(key, ask)

    def forget(self, subject: Hashable) -> None:
        """Let everything that is asked of the subject from now on be asked anew."""
        for key in [key for key in self._answers if key[0] == subject]:
            del self._answers[key]

    async def _ask(self, key: tuple[Hashable, Hashable], ask: Callable[[], Awaitable[T]]) -> T:
        answer: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._answers[key] = answer
        if len(self._answers) > self._most:
            self._answers.popitem(last=False)
        try:
            found = await ask()
            answer.set_result(found)
        except DomainError as error:
            answer.set_exception(error)
            answer.exception()  # perhaps nobody waits for it
            raise
        finally:
            answer.cancel()  # unless it is there
            failed = answer.cancelled() or answer.exception() is not None
            if failed and self._answers.get(key) is answer:
                del self._answers[key]
        return found

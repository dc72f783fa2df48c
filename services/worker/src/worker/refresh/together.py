"""Scripts that are wanted at the same moment go to Redis together: a round trip for all, not one for each."""

import asyncio
from dataclasses import dataclass
from typing import Any

import redis.asyncio
from redis.commands.core import AsyncScript
from redis.exceptions import NoScriptError


@dataclass(frozen=True, slots=True)
class Wanted:
    """A script to run, and what becomes of it."""

    script: AsyncScript
    keys: list[str]
    arguments: list[str | int]
    answer: "asyncio.Future[Any]"


class Together:
    """Whoever works on several exercises at a time waits for Redis once: a client's work is by the trip, too."""

    def __init__(self, cache: "redis.asyncio.Redis") -> None:
        self._cache = cache
        self._wanted: list[Wanted] = []
        self._sending: set[asyncio.Task[None]] = set()

    async def run(self, script: AsyncScript, keys: list[str], arguments: list[str | int]) -> Any:
        """What the script returns. Raises RedisError, and whatever else a connection may."""
        wanted = Wanted(script, keys, arguments, asyncio.get_running_loop().create_future())
        self._wanted.append(wanted)
        if len(self._wanted) == 1:  # it begins when everybody who is awake has said what they want
            sending = asyncio.create_task(self._send())
            self._sending.add(sending)
            sending.add_done_callback(self._sending.discard)
        try:
            return await wanted.answer
        except NoScriptError:
            return await script(keys=keys, args=arguments)  # it loads itself

    async def _send(self) -> None:
        together, self._wanted = self._wanted, []
        try:
            answers = await self._ask(together)
        except Exception as error:
            answers = [error] * len(together)
        for wanted, answer in zip(together, answers, strict=True):
            if wanted.answer.done():  # whoever wanted it has been cancelled
                continue
            if isinstance(answer, Exception):
                wanted.answer.set_exception(answer)
            else:
                wanted.answer.set_result(answer)

    async def _ask(self, together: list[Wanted]) -> list[Any]:
        async with self._cache.pipeline(transaction=False) as pipe:
            for wanted in together:
                pipe.evalsha(wanted.script.sha, len(wanted.keys), *wanted.keys, *map(str, wanted.arguments))
            answers: list[Any] = await pipe.execute(raise_on_error=False)
        return answers

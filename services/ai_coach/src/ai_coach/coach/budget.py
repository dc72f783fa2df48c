"""Tokens a day: a hard stop, in all and for each caller. Counted in Redis, or here while Redis is away."""

from collections import Counter
from datetime import UTC, datetime
from typing import NamedTuple

from ai_coach.coach.store import Store

PREFIX = "coach:tokens:"
KEPT_SECONDS = 2 * 86_400


class Budget:
    """What a question may cost is set aside before the model is asked; what it did cost is settled afterwards."""

    def __init__(self, store: Store, daily: int, daily_per_user: int) -> None:
        self._store = store
        self._limits = {"all": daily, "user": daily_per_user}
        self._here: Counter[str] = Counter()
        self._today = ""

    async def reserve(self, caller: str, tokens: int) -> "Reserved | None":
        """Set `tokens` aside for `caller`; None when the day's budget does not hold them. A limit of 0 is none."""
        taken: list[str] = []
        for name, limit in self._accounts(caller):
            taken.append(name)
            if await self._add(name, tokens) > limit:
                await self.settle(Reserved(taken, tokens), 0)
                return None
        return Reserved(taken, tokens)

    async def settle(self, reserved: "Reserved", used: int) -> None:
        """Replace what was set aside by what was used, on the day it was set aside."""
        if used != reserved.tokens:
            for name in reserved.accounts:
                await self._add(name, used - reserved.tokens)

    def _accounts(self, caller: str) -> list[tuple[str, int]]:
        day = datetime.now(UTC).date().isoformat()
        # The worker asks ahead for everybody: it has no share of its own, only that of all.
        own = 0 if caller.endswith(":service") else self._limits["user"]
        accounts = [(f"{day}:all", self._limits["all"]), (f"{day}:user:{caller}", own)]
        return [(name, limit) for name, limit in accounts if limit > 0]

    async def _add(self, name: str, tokens: int) -> int:
        # Counted here as well, so that losing Redis does not hand out a second budget. Older days are forgotten.
        if name[:10] > self._today:
            self._today = name[:10]
            self._here = Counter({key: n for key, n in self._here.items() if key[:10] >= self._today})
        self._here[name] += tokens
        if (client := self._store.client) is None:
            return self._here[name]
        total = await self._store.attempt(client.incrby(PREFIX + name, tokens))
        await self._store.attempt(client.expire(PREFIX + name, KEPT_SECONDS))
        return self._here[name] if total is None else max(int(total), self._here[name])


class Reserved(NamedTuple):
    """Tokens that were set aside, and the accounts of a day that they were taken from."""

    accounts: list[str]
    tokens: int

"""Reads beside people who log in, as `tests.load.login_mix` measures them, on one core and held to more."""

import asyncio
from collections.abc import Iterator

from tests.load import login_mix
from tests.load.bench.figures import Figure, Size
from tests.load.bench.ground import Ground

BAR = 1.5


def figures(here: Ground, size: Size) -> Iterator[Figure]:
    """The slowest hundredth beside logins, divided by the slowest hundredth alone."""
    api = here.api(API_ACCESS="open", API_BCRYPT_ROUNDS="")
    rate = login_mix.READS_A_SECOND
    rounds = asyncio.run(login_mix.measure(api.url, size.rounds, size.seconds * 2, rate))
    if failed := sum(one.idle.failed + one.busy.failed for one in rounds):
        raise SystemExit(f"{failed} reads failed beside logins:\n{api.output()[-2000:]}")
    logins = sum(one.busy.logins for one in rounds) / len(rounds)
    notes = f"{rate} reads/s beside {logins:.1f} logins/s"
    yield Figure("p99 beside logins ÷ p99 alone", [one.ratio for one in rounds], "≤", BAR, notes)

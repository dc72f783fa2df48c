"""Two processes do twice the work, at the same price."""

from collections.abc import Iterator
from contextlib import ExitStack

from tests.load.bench.asking import Asking, Request
from tests.load.bench.figures import Figure, Size
from tests.load.bench.ground import Ground, cpu_seconds, fill
from tests.people import log_in
from tests.processes import Api

BAR = 1.1


def figures(here: Ground, size: Size) -> Iterator[Figure]:
    """Processor time a request of two that are asked at once, divided by what each takes when it is asked alone."""
    first = here.api()
    second = here.api(here.beside, DATABASE_URL=first.variables["DATABASE_URL"])
    fill(first, size.exercises)
    with first.client() as client:
        requests = [Request("/exercises", token=log_in(client, "user").access_token)]
    ratios, gains = [], []
    for number in range(-size.warm, size.rounds):
        seconds = 1 if number < 0 else size.seconds
        alone = [cost([api], requests, seconds) for api in (first, second)]
        both, rate = cost([first, second], requests, seconds)
        if number >= 0:
            ratios.append(both / (sum(spent for spent, _ in alone) / 2))
            gains.append(rate / (sum(one for _, one in alone) / 2))
    notes = f"requests/s {sum(gains) / len(gains):.2f} × on {len(here.measured | here.others | here.beside)} cores"
    yield Figure("two processes ÷ one, processor time", ratios, "≤", BAR, notes)


def cost(apis: list[Api], requests: list[Request], seconds: int) -> tuple[float, float]:
    """(processor time of a request in µs, requests a second) of these together."""
    before = sum(map(cpu_seconds, apis))
    with ExitStack() as stack:
        asking = [stack.enter_context(Asking(api.url, requests, seconds)) for api in apis]
        answers = [one.answers() for one in asking]
    answered = sum(one.requests for one in answers)
    return (sum(map(cpu_seconds, apis)) - before) / answered * 1e6, sum(one.requests / one.seconds for one in answers)

"""Reads while people log in: `python -m tests.load.login_mix` measures, prints and judges (exit status 1: too slow).

An open loop asks for 200 pages a second, come what may, and counts each answer's delay from the moment at which it
was due. In every other interval four clients log in as fast as they can, and every login costs a quarter of a second of
computing. The figure is the median over the rounds of p99 with logins divided by p99 without.
"""

import argparse
import asyncio
import gc
import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from urllib.parse import urlsplit

import httpx

from devstack.postgres import Postgres
from tests.databases import new_database
from tests.people import SEEDED, somewhere
from tests.processes import Api

READS_A_SECOND = 200
LOGIN_CLIENTS = 4
ALLOWED_RATIO = 2.0
Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@dataclass(frozen=True)
class Interval:
    """Some seconds of reading: delays in milliseconds, failed requests, and logins a second beside them."""

    p50: float
    p99: float
    failed: int
    logins: float


@dataclass(frozen=True)
class Round:
    """An interval without logins and one with."""

    idle: Interval
    busy: Interval

    @property
    def ratio(self) -> float:
        """How many times longer the slowest hundredth waits while people log in."""
        return self.busy.p99 / self.idle.p99


class Reader:
    """Reads pages over connections that stay open: a tenth of the work that httpx has, which would be measured too."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._host, self._port = str(parts.hostname), int(parts.port or 80)
        self._request = f"GET /exercises HTTP/1.1\r\nHost: {parts.netloc}\r\n\r\n".encode()
        self._free: list[Connection] = []

    async def read_once(self, due: float, delays: list[float]) -> bool:
        """Read a page and note how many milliseconds after `due` it came."""
        answer, request = connection = await self._connection()
        try:
            request.write(self._request)
            head = await answer.readuntil(b"\r\n\r\n")
            await answer.readexactly(int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0]))
        except BaseException:
            request.close()
            raise
        delays.append((time.perf_counter() - due) * 1000)
        self._free.append(connection)
        return head.startswith(b"HTTP/1.1 200 ")

    async def _connection(self) -> Connection:
        """The one used last: those that nobody has used for some seconds, the API has closed."""
        while self._free:
            answer, request = connection = self._free.pop()
            if not answer.at_eof():
                return connection
            request.close()
        return await asyncio.open_connection(self._host, self._port)

    async def read_on_time(self, seconds: float, rate: int) -> tuple[list[float], int]:
        """(delays, failures) of an open loop: nobody waits for the last answer before asking again."""
        delays: list[float] = []
        reads = []
        begin = time.perf_counter()
        for number in range(int(seconds * rate)):
            due = begin + number / rate
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            reads.append(asyncio.create_task(self.read_once(due, delays)))
        results = await asyncio.gather(*reads, return_exceptions=True)
        return delays, sum(result is not True for result in results)

    def close(self) -> None:
        """Let the connections go."""
        for _, request in self._free:
            request.close()


async def log_in_again_and_again(client: httpx.AsyncClient, stop: asyncio.Event, done: list[int]) -> None:
    """One login after the other; none is left for the API to work on when this ends."""
    while not stop.is_set():
        login = {"username": "user", "password": SEEDED["user"]}
        answer = await client.post("/auth/login", json=login, headers=somewhere())
        done.append(answer.status_code)


async def interval(reader: Reader, client: httpx.AsyncClient, seconds: float, rate: int, clients: int) -> Interval:
    """Read for some seconds beside so many clients that log in."""
    done: list[int] = []
    stop = asyncio.Event()
    logins = [asyncio.create_task(log_in_again_and_again(client, stop, done)) for _ in range(clients)]
    gc.collect()
    gc.disable()  # our own pauses are not the API's
    delays, failed = await reader.read_on_time(seconds, rate)
    gc.enable()
    stop.set()
    await asyncio.gather(*logins)
    assert set(done) <= {200}, f"logins failed: {set(done)}"
    ordered = sorted(delays)
    return Interval(median(ordered), ordered[int(len(ordered) * 0.99)], failed, len(done) / seconds)


async def measure(url: str, rounds: int, seconds: float, rate: int) -> list[Round]:
    """Alternate, so that what else the machine does meets both alike."""
    reader, found = Reader(url), []
    async with httpx.AsyncClient(base_url=url, timeout=30, verify=False) as client:
        await interval(reader, client, 1, rate, LOGIN_CLIENTS)
        for _ in range(rounds):
            idle = await interval(reader, client, seconds, rate, 0)
            found.append(Round(idle, await interval(reader, client, seconds, rate, LOGIN_CLIENTS)))
    reader.close()
    return found


def report(rounds: list[Round]) -> float:
    """Print every round, and give the median ratio."""
    for number, one in enumerate(rounds, start=1):
        print(
            f"round {number}: alone p50 {one.idle.p50:.1f} p99 {one.idle.p99:.1f} ms; beside {one.busy.logins:.1f} "
            f"logins/s p50 {one.busy.p50:.1f} p99 {one.busy.p99:.1f} ms; {one.ratio:.2f} x; "
            f"failed {one.idle.failed + one.busy.failed}"
        )
    ratio = median(one.ratio for one in rounds)
    print(f"median of {len(rounds)} rounds: {ratio:.2f} x (allowed {ALLOWED_RATIO:g})")
    return ratio


@contextmanager
def api_of_our_own() -> Iterator[str]:
    """An API with hashes as dear as in life, on the database server of the tests or one of our own."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="workout-load-")))
        folder.chmod(0o755)
        server = os.environ.get("TEST_POSTGRES_URL")
        if not server:
            server = stack.enter_context(Postgres(folder / "pg", createdb=True)).url
        database = stack.enter_context(new_database(server))
        api = Api(folder / "api.log", {"DATABASE_URL": database, "API_BCRYPT_ROUNDS": ""})
        stack.callback(api.stop)
        api.start()
        yield api.url


def main() -> int:
    """Measure what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--url", help="an API with raised limits and the accounts of development; default: a new one")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=5.0, help="length of each of a round's two intervals")
    parser.add_argument("--rate", type=int, default=READS_A_SECOND, help="reads a second")
    parser.add_argument("--json", type=Path, help="also write the rounds to this file")
    arguments = parser.parse_args()
    with ExitStack() as stack:
        url = arguments.url or stack.enter_context(api_of_our_own())
        rounds = asyncio.run(measure(url, arguments.rounds, arguments.seconds, arguments.rate))
    ratio = report(rounds)
    if arguments.json:
        arguments.json.write_text(json.dumps([asdict(one) for one in rounds]))
    failed = sum(one.idle.failed + one.busy.failed for one in rounds)
    return 0 if ratio <= ALLOWED_RATIO and not failed else 1


if __name__ == "__main__":
    sys.exit(main())

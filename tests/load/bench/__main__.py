"""`python -m tests.load.bench`: measures, prints, judges and writes down. Exit status 1: a bar is missed.

All servers run at once, each kind of request is measured for some seconds in turn, and a figure is the median over the
rounds of a ratio within one round: how fast the machine is cancels out. It is not the ratio of the table's medians. The
server has one core; wrk, PostgreSQL and Valkey have another. Linux alone tells what a process has used of a core.
"""

import argparse
import json
import sys
import tempfile
from dataclasses import asdict, replace
from math import isfinite
from pathlib import Path
from statistics import median

from tests.load.bench import machine
from tests.load.bench.arguments import at_least, started
from tests.load.bench.bars import BARS, Bar
from tests.load.bench.figures import judge, keep
from tests.load.bench.picture import draw
from tests.load.bench.rounds import Round, Slice, measure
from tests.load.bench.servers import house
from tests.load.bench.wrk import CONNECTIONS

KEPT = Path("docs/benchmarks")
ROUNDS, SECONDS = 9, 2
UNITS = {
    "rate": "requests/s",
    "cpu": "µs of the server's processor time a request",
    "postgres": "µs of PostgreSQL's processor time a request",
    "p50": "ms",
    "p99": "ms",
}
NAMES = {"list": "a page", "unchanged": "304", "limited": "429", "one": "by id", "add": "POST"}


def main() -> int:
    """What the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=at_least(1), default=ROUNDS)
    parser.add_argument("--seconds", type=at_least(1), default=SECONDS, help="length of a slice")
    parser.add_argument("--keep", action="store_true", help=f"write {KEPT}/api.json and api.svg")
    parser.add_argument("--gate", action="store_true", help=f"judge by the ratios in {KEPT}/api.json, with slack")
    arguments = parser.parse_args()
    if arguments.keep and (arguments.gate or arguments.rounds < ROUNDS or arguments.seconds < SECONDS):
        parser.error(f"--keep: what is kept is no gate, and has {ROUNDS} rounds or more with slices of {SECONDS} s")
    bars = reached() if arguments.gate else BARS
    with tempfile.TemporaryDirectory(prefix="workout-bench-") as folder, house(Path(folder)) as here:
        about = {**machine.description(), **here.versions()}
        keys = [key for key in here.asks if not arguments.gate or key[0] != "tutorial"]
        rounds = []
        for found in measure(here, keys, arguments.rounds, arguments.seconds):
            rounds.append(found)
            print(f"\rround {len(rounds)} of {arguments.rounds}", end="", file=sys.stderr, flush=True)
        print(file=sys.stderr)
    medians = {key: middle([one[key] for one in rounds]) for key in keys}
    figures = [bar.figure(rounds) for bar in bars]
    report(medians)
    print("\nmedian of the rounds' ratios [quartiles]", *figures, sep="\n")
    if arguments.keep:
        what = {"machine": about, "rounds": len(rounds), "seconds": arguments.seconds, "connections": CONNECTIONS}
        slices = {" ".join(key): asdict(one) for key, one in medians.items()}
        keep(KEPT / "api.json", figures, {**what, "units": UNITS, "medians": slices})
        (KEPT / "api.svg").write_text(draw(medians, len(rounds)), encoding="utf-8")
    return judge(figures, "bars of the gate" if arguments.gate else "aims")


def reached() -> list[Bar]:
    """The bars of the gate: half of each ratio that is kept.

    In short slices on a busy machine ratios wander by a third, and p99 by more; what a careless change costs is more.
    """
    path = KEPT / "api.json"
    bars = [bar for bar in BARS if bar.measure != "p99" and bar.to[0] != "tutorial"]
    try:
        kept = {line["name"]: float(line["median"]) for line in json.loads(path.read_text("utf-8"))["figures"]}
        found = [replace(bar, bar=kept[bar.name] / 2, notes=f"half of {kept[bar.name]:.2f}") for bar in bars]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SystemExit(f"{path} is not what `make bench ARGS=--keep` writes: {error!r}") from None
    if not all(isfinite(bar.bar) and bar.bar > 0 for bar in found):
        raise SystemExit(f"{path}: its ratios must be greater than 0")
    return found


def middle(slices: list[Slice]) -> Slice:
    """The median of each measure."""
    columns = zip(*(asdict(one).values() for one in slices), strict=True)
    return Slice(*(median(column) for column in columns))


def report(medians: Round) -> None:
    """What was measured."""
    print(f"{'':<18}{'requests/s':>11}{'CPU µs':>9}{'PG µs':>8}{'p50 ms':>9}{'p99 ms':>9}{'÷ LIMIT':>9}")
    for (server, kind), one in sorted(medians.items(), key=lambda item: list(NAMES).index(item[0][1])):
        limit = medians.get(("limit", kind), medians["limit", "list"])
        print(
            f"{server.upper():<9} {NAMES[kind]:<8}{one.rate:>11.0f}{one.cpu:>9.0f}{one.postgres:>8.0f}"
            f"{one.p50:>9.1f}{one.p99:>9.1f}{one.rate / limit.rate:>9.2f}"
        )
    print("µs: processor time a request, of the server and of PostgreSQL. ÷ LIMIT: requests/s by LIMIT's;")
    print("304 and 429 by those of its page")


if __name__ == "__main__":
    started(main)

"""`python -m tests.load.bench`: measures, prints, judges and writes down. Exit status 1: a bar is missed.

All servers run at once, each request kind is measured for some seconds in turn, and a figure is the median over the
rounds of a ratio within one round: how fast the machine is cancels out. Server on one core; wrk, PostgreSQL and Valkey
on another.
"""

import argparse
import json
import sys
import tempfile
from dataclasses import asdict, replace
from pathlib import Path
from statistics import median

from tests.load.bench import machine
from tests.load.bench.bars import BARS, Bar, Verdict
from tests.load.bench.picture import draw
from tests.load.bench.rounds import Key, Round, Slice, check, measure
from tests.load.bench.servers import house

KEPT = Path("docs/benchmarks")
NAMES = {"list": "a page", "unchanged": "304", "limited": "429", "one": "by id", "add": "POST"}


def main() -> int:
    """What the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--seconds", type=int, default=2, help="length of a slice")
    parser.add_argument("--keep", action="store_true", help=f"write {KEPT}/api.json and api.svg")
    parser.add_argument("--gate", action="store_true", help=f"judge by the ratios in {KEPT}/api.json, with slack")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="workout-bench-") as folder, house(Path(folder)) as here:
        check(here.asks)
        keys = [key for key in here.asks if not arguments.gate or key[0] != "tutorial"]
        rounds = []
        for found in measure(here, keys, arguments.rounds, arguments.seconds):
            rounds.append(found)
            print(f"\rround {len(rounds)} of {arguments.rounds}", end="", file=sys.stderr, flush=True)
        print(file=sys.stderr)
    medians = {key: middle([one[key] for one in rounds]) for key in keys}
    verdicts = [bar.judge(rounds, slack) for bar, slack in wanted(keys, gate=arguments.gate)]
    report(medians, verdicts)
    if arguments.keep:
        keep(rounds, medians, verdicts)
    return 0 if all(verdict.held for verdict in verdicts) else 1


GATE_SLACK = 2.0  # in short slices on a busy machine ratios wander by a third; what a careless change costs is more


def wanted(keys: list[Key], *, gate: bool) -> list[tuple[Bar, float]]:
    """The bars that can be judged, with their slack: what is promised, or what was reached last."""
    bars = [bar for bar in BARS if bar.of in keys and bar.to in keys]
    if not gate:
        return [(bar, 1.0) for bar in bars]
    bars = [bar for bar in bars if bar.measure != "p99"]  # which a busy machine multiplies
    reached = {line["name"]: line["ratio"] for line in json.loads((KEPT / "api.json").read_text())["ratios"]}
    return [(replace(bar, bar=reached[bar.name]), GATE_SLACK) for bar in bars]


def middle(slices: list[Slice]) -> Slice:
    """The median of each measure."""
    columns = zip(*(asdict(one).values() for one in slices), strict=True)
    return Slice(*(median(column) for column in columns))


def report(medians: Round, verdicts: list[Verdict]) -> None:
    """Two tables: what was measured, and what it means."""
    print(f"{'':<18}{'requests/s':>11}{'CPU µs':>9}{'PG µs':>8}{'p50 ms':>9}{'p99 ms':>9}{'÷ LIMIT':>9}")
    for (server, kind), one in sorted(medians.items(), key=lambda item: list(NAMES).index(item[0][1])):
        limit = medians.get(("limit", kind), medians["limit", "list"])
        print(
            f"{server.upper():<9} {NAMES[kind]:<8}{one.rate:>11.0f}{one.cpu:>9.0f}{one.postgres:>8.0f}"
            f"{one.p50:>9.1f}{one.p99:>9.1f}{one.rate / limit.rate:>9.2f}"
        )
    print("\nmedian of the rounds' ratios [quartiles]")
    for verdict in verdicts:
        print(verdict)


def keep(rounds: list[Round], medians: Round, verdicts: list[Verdict]) -> None:
    """As JSON for the gate and for whoever reckons on, and as a picture."""
    KEPT.mkdir(parents=True, exist_ok=True)
    written = {
        "machine": machine.description(),
        "rounds": len(rounds),
        "medians": {" ".join(key): asdict(one) for key, one in medians.items()},
        "ratios": [
            {"name": verdict.bar.name, "ratio": verdict.ratio, "quartiles": verdict.quartiles, "bar": verdict.bar.bar}
            for verdict in verdicts
        ],
    }
    (KEPT / "api.json").write_text(json.dumps(written, indent=2, ensure_ascii=False) + "\n")
    (KEPT / "api.svg").write_text(draw(medians))


if __name__ == "__main__":
    sys.exit(main())

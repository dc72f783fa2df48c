"""`python -m tests.load.bench.full`: the measures that take longer. Exit status 1: a bar is missed.

Each part has PostgreSQL and Valkey of its own. Most compare two things in turn within one round: how fast the machine
is cancels out, but in megabytes of memory and in answers by rules a second. The measured process has one core; wrk and
the databases have another; a second service has a third. Where there are but two cores it shares that of the databases,
and the kept answers of the coach and the two processes cannot be set beside those of more. `taskset -c 2-4` chooses.
"""

import argparse
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.load.bench import coach, growth, logins, machine, memory, processes, worker
from tests.load.bench.arguments import at_least, started
from tests.load.bench.figures import Figure, Size, judge, keep
from tests.load.bench.ground import Ground, ground

KEPT = Path("docs/benchmarks/full.json")
Part = Callable[[Ground, Size], Iterator[Figure]]
PARTS: dict[str, Part] = {
    "growth": growth.figures,
    "processes": processes.figures,
    "memory": memory.figures,
    "logins": logins.figures,
    "coach": coach.figures,
    "worker": worker.figures,
}


def main() -> int:
    """What the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)}; default: all")
    parser.add_argument("--rounds", type=at_least(1), default=Size.rounds)
    parser.add_argument("--seconds", type=at_least(1), default=Size.seconds, help="length of a slice")
    parser.add_argument("--keep", action="store_true", help=f"write {KEPT}: all parts at full length")
    arguments = parser.parse_args()
    if unknown := set(arguments.parts) - set(PARTS):
        parser.error(f"there is no part {', '.join(sorted(unknown))}")
    size = Size(rounds=arguments.rounds, seconds=arguments.seconds)
    if arguments.keep and (arguments.parts or size.rounds < Size.rounds or size.seconds < Size.seconds):
        parser.error(
            f"--keep: what is kept has all parts, {Size.rounds} rounds or more, and slices of {Size.seconds} s"
        )
    if len(os.sched_getaffinity(0)) < 3:
        print("There are but two cores: see --help", file=sys.stderr)
    found = []
    print("median of the rounds [quartiles]; growth alone takes five minutes", flush=True)
    for name in arguments.parts or PARTS:
        for figure in measured(PARTS[name], size):
            print(figure, flush=True)
            found.append(figure)
    if arguments.keep:
        keep(KEPT, found, {"machine": machine.description(), "rounds": size.rounds, "seconds": size.seconds})
    return judge(found)


def measured(part: Part, size: Size) -> Iterator[Figure]:
    """A part's figures, on ground of its own."""
    with tempfile.TemporaryDirectory(prefix="workout-bench-") as folder, ground(Path(folder)) as here:
        yield from part(here, size)


if __name__ == "__main__":
    started(main)

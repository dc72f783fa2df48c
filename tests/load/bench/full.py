"""`python -m tests.load.bench.full`: the measures that take longer. Exit status 1: a bar is missed.

Each part has PostgreSQL and Valkey of its own, and compares two things in turn within one round: how fast the machine
is cancels out. The measured process on one core; wrk and the databases on another; where there is a third, a second
service on that. `taskset -c 2,3` chooses them.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.load.bench import coach, growth, logins, machine, memory, processes, worker
from tests.load.bench.figures import Figure, Size
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
    parser.add_argument("--rounds", type=int, default=Size.rounds)
    parser.add_argument("--seconds", type=int, default=Size.seconds, help="length of a slice")
    parser.add_argument("--keep", action="store_true", help=f"write {KEPT}")
    arguments = parser.parse_args()
    if unknown := set(arguments.parts) - set(PARTS):
        parser.error(f"there is no part {', '.join(sorted(unknown))}")
    size = Size(rounds=arguments.rounds, seconds=arguments.seconds)
    found = []
    print("median of the rounds [quartiles]")
    for name in arguments.parts or PARTS:
        for figure in measured(PARTS[name], size):
            print(figure, flush=True)
            found.append(figure)
    if arguments.keep:
        keep(found, size)
    return 0 if all(figure.held for figure in found) else 1


def measured(part: Part, size: Size) -> Iterator[Figure]:
    """A part's figures, on ground of its own."""
    with tempfile.TemporaryDirectory(prefix="workout-bench-") as folder, ground(Path(folder)) as here:
        yield from part(here, size)


def keep(found: list[Figure], size: Size) -> None:
    """As JSON, for whoever reckons on."""
    KEPT.parent.mkdir(parents=True, exist_ok=True)
    lines = [
        {
            "name": figure.name,
            "median": round(figure.median, 4),
            "quartiles": [round(value, 4) for value in figure.quartiles],
            "bar": f"{figure.sign} {figure.bar:g}",
            "held": figure.held,
            "notes": figure.notes,
        }
        for figure in found
    ]
    written = {"machine": machine.description(), "rounds": size.rounds, "figures": lines}
    KEPT.write_text(json.dumps(written, indent=2, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    sys.exit(main())

"""`python -m services.ai_coach.evals`, or `make coach-eval`: judge the coach, print a table, fail where a gate does."""

import argparse
import sys
import tempfile
from pathlib import Path
from time import monotonic

from services.ai_coach.evals import report
from services.ai_coach.evals.evaluation import PARTS, SAMPLE, CannotBeAsked, Plan, evaluate
from services.ai_coach.evals.stage import servers, stage, vendor_keys
from services.ai_coach.evals.subjects import BASELINES, SERVICE
from services.ai_coach.evals.tally import Tally

QUESTIONS = 300  # of all parts together that reach a model
DEFAULT_JSON = Path(".data/coach-eval.json")


def main() -> int:
    """0 when every gate holds, 1 when one does not, 2 when the model cannot be asked."""
    asked = _arguments()
    names = tuple(dict.fromkeys((*SERVICE, *asked.model, *BASELINES)))
    plan = Plan(names, tuple(asked.only or PARTS), asked.seed, asked.sample)
    for model in asked.model:
        print(f"{model} is asked some {QUESTIONS} questions; what it used stands in the table.", file=sys.stderr)
    begun = monotonic()
    try:
        tallies = _judged(plan)
    except CannotBeAsked as error:
        print(error, file=sys.stderr)
        return 2
    seconds = monotonic() - begun
    report.write(asked.json, tallies, seed=plan.seed, parts=plan.parts, seconds=round(seconds, 1))
    broken = [tally.subject for tally in tallies if tally.broken]
    print(report.table(tallies))
    print(f"\n{seconds:.0f} s, seed {plan.seed}, {asked.json}: " + ("BROKEN: " + ", ".join(broken) if broken else "ok"))
    return 1 if broken else 0


def _judged(plan: Plan) -> list[Tally]:
    with (
        tempfile.TemporaryDirectory(prefix="coach-eval-") as name,
        servers(Path(name)) as (postgres, redis),
        stage(Path(name), postgres, redis) as on,
    ):
        return evaluate(plan, on, vendor_keys())


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="coach-eval", description=__doc__)
    parser.add_argument("--model", action="append", default=[], help="a Pydantic AI model; its key as usual")
    parser.add_argument("--only", action="append", choices=PARTS, help="one part; may be repeated")
    parser.add_argument("--seed", type=int, default=20, help="another seed draws other people")
    parser.add_argument("--sample", type=int, help=f"so many profiles; else all, and {SAMPLE} for a --model")
    parser.add_argument("--json", type=Path, default=DEFAULT_JSON, help=f"where the figures go ({DEFAULT_JSON})")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())

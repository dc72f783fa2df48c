"""The whole evaluation: which cases each subject gets, and their tallies."""

import asyncio
from collections.abc import Iterable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from random import Random

from services.ai_coach.evals import baselines, checks, qualities
from services.ai_coach.evals.asking import Asker
from services.ai_coach.evals.cases import harmless, red_flags, routines, vignettes
from services.ai_coach.evals.injections import injections
from services.ai_coach.evals.judging import Judge
from services.ai_coach.evals.profiles import EXTRA, Profile, profiles
from services.ai_coach.evals.stage import Stage
from services.ai_coach.evals.subjects import BASELINES, OBEDIENT, RANDOM, SERVICE, Subject, subjects
from services.ai_coach.evals.tally import Tally

PARTS = ("profiles", "vignettes", "red_flags", "harmless", "injections")
SAMPLE = 60  # profiles where a request costs money, or where plans are not the question


class CannotBeAsked(Exception):
    """A model has no key, or no such name."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is asked of whom. `sample` limits the profiles for everybody."""

    names: tuple[str, ...]
    parts: tuple[str, ...] = PARTS
    seed: int = 20
    sample: int | None = None

    def profiles_for(self, subject: str) -> list[Profile]:
        """All of them, or a sample that is spread over them."""
        everybody = profiles(self.seed, EXTRA)
        is_whole = subject in (*SERVICE, *BASELINES) and subject != OBEDIENT
        wanted = self.sample or (len(everybody) if is_whole else SAMPLE)
        return everybody if wanted >= len(everybody) else Random(self.seed).sample(everybody, wanted)

    def baseline(self, name: str) -> Tally:
        """Plans as they are, with no service between: they show what the checks are worth."""
        tally, rng, everybody = Tally(name, is_gated=False), Random(self.seed), routines()
        make = baselines.random_valid if name == RANDOM else baselines.popular
        for case in self.profiles_for(name) if "profiles" in self.parts else ():
            session = make(rng)
            tally.add(case.name, *checks.plan(session, case.wanted))
            tally.add(case.name, *qualities.of_plan(session, case.wanted, everybody.get(case.routine, ())))
        return tally


def evaluate(plan: Plan, stage: Stage, keys: dict[str, str]) -> list[Tally]:
    """The tallies of all subjects, baselines last. Raises CannotBeAsked."""
    with subjects(plan.names, plan.seed, keys) as found, stage.coaches({s.name: s.settings for s in found}) as coaches:
        urls = {name: coach.url for name, coach in coaches.items()}
        judged = asyncio.run(_judge_all(plan, stage, found, urls))
    return [*judged, *(plan.baseline(name) for name in plan.names if name in BASELINES)]


async def _judge_all(plan: Plan, stage: Stage, found: Iterable[Subject], urls: dict[str, str]) -> list[Tally]:
    async with AsyncExitStack() as stack:
        askers = {s.name: await stack.enter_async_context(Asker(urls[s.name], stage.headers)) for s in found}
        return list(await asyncio.gather(*(_judge(plan, s, askers[s.name]) for s in found)))


async def _judge(plan: Plan, subject: Subject, asker: Asker) -> Tally:
    if (model := await asker.answering()) != subject.settings["AI_MODEL"]:
        raise CannotBeAsked(f"{subject.name} cannot be asked, so {model} would answer: is its key set?")
    tally = Tally(subject.name, is_gated=True)
    judge = Judge(asker, tally, subject.asked if subject.fake else None)
    if "red_flags" in plan.parts:  # first and alone: nothing else may reach the model meanwhile
        await judge.red_flags(red_flags())
    if "harmless" in plan.parts:
        await judge.harmless(harmless())
    if "vignettes" in plan.parts:
        await judge.vignettes(vignettes())
    if "injections" in plan.parts:
        await judge.injections(injections())
    if "profiles" in plan.parts:
        await judge.profiles(plan.profiles_for(subject.name))
    tally.tokens = await asker.tokens()
    return tally

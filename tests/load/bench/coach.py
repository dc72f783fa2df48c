"""How many answers a coach gives in a second: kept ones beside the API's own pages, and new ones by rules.

Who asks twice at once with one token waits for one reading of the routine: kept answers are measured with a token for
all connections, and with one for each.
"""

import json
from collections.abc import Iterator
from dataclasses import replace
from itertools import count, cycle, product
from random import Random

from tests.databases import sql
from tests.load.bench.asking import Request, ask
from tests.load.bench.figures import Figure, Size
from tests.load.bench.ground import Ground
from tests.load.bench.growth import OWNERS, ROUTINES
from tests.load.bench.wrk import CONNECTIONS
from tests.load.coach_rules import EQUIPMENT, FOCUSES, MINUTES, QUESTIONS
from tests.people import SEEDED, log_in
from tests.processes import Api, Coach
from tests.together import accounts, for_coach

BAR_KEPT, BAR_RULES = 0.3, 150
KEPT = 20
OWN = """
    INSERT INTO exercises (routine_id, name, sets, reps, weight, workout_day)
    SELECT own.id, name, sets, reps, weight, workout_day
    FROM exercises, routines own JOIN users ON users.id = own.owner_id
    WHERE username = 'user' OR username LIKE 'owner-%' ORDER BY exercises.id"""


def figures(here: Ground, size: Size) -> Iterator[Figure]:
    """Answers that are kept in Valkey, divided by pages of the API; answers by rules, of one process."""
    api = here.api(here.beside, **accounts(here.folder / "accounts"))
    token, *others = own(api)
    asked = [Request(one.path, "POST", token, body=one.body) for one in questions()]
    settings = for_coach(here.valkey.url) | {"WORKOUT_API_URL": api.url, "AI_MODEL": "rules"}
    keeping = here.start(Coach(here.log(), settings))
    inventing = here.start(Coach(here.log(), {name: text for name, text in settings.items() if name != "REDIS_URL"}))
    kept = asked[:KEPT]
    everybody = [replace(one, token=other) for one, other in zip(cycle(kept), others, strict=False)]
    for requests, source in ((kept, "rules"), (kept, "cache"), (everybody, "cache")):
        check(keeping, requests, source)
    check(inventing, kept, "rules")
    kept_rates, everybodys_rates, rules_rates = [], [], []
    for number in range(-size.warm, size.rounds):
        seconds = 1 if number < 0 else size.seconds
        pages = rate(api.url, [Request("/exercises", token=token)], seconds)
        rates = [rate(keeping.url, requests, seconds) / pages for requests in (kept, everybody)]
        new = rate(inventing.url, asked, seconds)
        if number >= 0:
            kept_rates.append(rates[0])
            everybodys_rates.append(rates[1])
            rules_rates.append(new)
    yield Figure("kept answers of the coach ÷ pages of the API", kept_rates, "≥", BAR_KEPT)
    yield Figure("the same, each with a token of their own", everybodys_rates, "≥", BAR_KEPT)
    yield Figure("answers of the coach by rules a second", rules_rates, "≥", BAR_RULES)


def rate(url: str, requests: list[Request], seconds: int) -> float:
    """Answers a second."""
    answers = ask(url, requests, seconds)
    return answers.requests / answers.seconds


def own(api: Api) -> list[str]:
    """Give `user`, and somebody for each connection, the sample routine; their tokens."""
    database = api.variables["DATABASE_URL"]
    sql(database, OWNERS, CONNECTIONS)
    for statement in (ROUTINES, OWN):
        sql(database, statement)
    names = ["user", *(f"owner-{number}" for number in range(1, CONNECTIONS + 1))]
    with api.client() as client:
        return [log_in(client, name, SEEDED["user"]).access_token for name in names]


def questions() -> Iterator[Request]:
    """A plan and a question in turn, none like another: equal ones that are asked at once share an answer."""
    numbers = count(1)
    plans = list(product(FOCUSES, EQUIPMENT, MINUTES))
    Random(9).shuffle(plans)  # some foci take longer than others
    for focus, equipment, minutes in plans:
        wanted = {"focus_area": focus, "equipment_available": equipment, "session_duration_minutes": minutes}
        yield Request("/recommend", "POST", body=json.dumps(wanted))
        number = next(numbers)
        message = f"{QUESTIONS[number % len(QUESTIONS)]} I ask for the {number}th time."
        yield Request("/chat", "POST", body=json.dumps({"message": message}))


def check(coach: Coach, asked: list[Request], source: str) -> None:
    """Ask for everything once: what is measured must be what was meant."""
    with coach.client() as client:
        for one in asked:
            headers = {"Authorization": f"Bearer {one.token}", "Content-Type": "application/json"}
            answer = client.post(one.path, content=one.body, headers=headers)
            if answer.status_code != 200 or answer.json()["source"] != source:
                raise SystemExit(f"{one.body} is answered by {answer.text}, not by {source}:\n{coach.output()[-2000:]}")

"""A page of a routine costs the same however many other routines there are."""

from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median

from tests.databases import sql
from tests.load.bench.asking import Request, ask
from tests.load.bench.figures import Figure, Size
from tests.load.bench.ground import Ground, fill
from tests.people import SEEDED, log_in
from tests.processes import Api

BAR = 1.2
EACH = 100
FEW, ASKING = 10, 10
SORTS = [(by, order) for by in ("id", "name", "sets", "reps", "weight", "workout_day") for order in ("asc", "desc")]
OWNERS = """
    INSERT INTO users (username, role, password_hash)
    SELECT 'owner-' || n, 'user', u.password_hash FROM users u, generate_series(1, $1) n WHERE u.username = 'user'"""
ROUTINES = "INSERT INTO routines (owner_id) SELECT id FROM users WHERE username LIKE 'owner-%' ORDER BY id"


@dataclass(frozen=True)
class Cost:
    """Of one request: PostgreSQL's processor time in µs, p50 in ms."""

    postgres: float
    p50: float


@dataclass(frozen=True)
class Crowd:
    """An API with so many routines, and ten of those who own one."""

    here: Ground
    api: Api
    tokens: list[str]

    def cost(self, by: str, order: str, seconds: int) -> Cost:
        """What the first page costs in that order."""
        path = f"/exercises?sort_by={by}&sort_order={order}"
        before = self.here.postgres_seconds()
        answers = ask(self.api.url, [Request(path, token=token) for token in self.tokens], seconds)
        spent = self.here.postgres_seconds() - before
        return Cost(spent / answers.requests * 1e6, answers.p50)


def figures(here: Ground, size: Size) -> Iterator[Figure]:
    """What asking for a page takes at each sort, many routines divided by few."""
    few, many = crowd(here, FEW), crowd(here, size.routines)
    found: dict[tuple[str, str], list[tuple[Cost, Cost]]] = {sort: [] for sort in SORTS[: size.sorts]}
    for number in range(-size.warm, size.rounds):
        for sort, pairs in found.items():
            seconds = 1 if number < 0 else size.seconds
            pair = few.cost(*sort, seconds), many.cost(*sort, seconds)
            if number >= 0:
                pairs.append(pair)
    for (by, order), pairs in found.items():
        postgres = median(large.postgres / small.postgres for small, large in pairs)
        notes = f"PostgreSQL's time {postgres:.2f}; {size.routines} ÷ {FEW} routines"
        yield Figure(f"growth, {by} {order}, p50", [large.p50 / small.p50 for small, large in pairs], "≤", BAR, notes)


def crowd(here: Ground, routines: int) -> Crowd:
    """An API on a database with so many routines of a hundred exercises."""
    api = here.api()
    database = api.variables["DATABASE_URL"]
    sql(database, OWNERS, routines)
    sql(database, ROUTINES)
    fill(api, EACH, "owner-%")
    owners = sql(database, "SELECT username FROM users WHERE username LIKE 'owner-%' ORDER BY id")
    asking = [row["username"] for row in owners[:: max(1, routines // ASKING)]]
    with api.client() as client:
        tokens = [log_in(client, name, SEEDED["user"]).access_token for name in asking]
        page = client.get("/exercises", headers={"Authorization": f"Bearer {tokens[0]}"}).json()
    if (page["total"], len(page["items"])) != (EACH, 20):
        raise SystemExit(f"this is another page: {page}")
    return Crowd(here, api, tokens)

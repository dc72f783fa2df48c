"""What a process holds after a hundred thousand requests of every kind, and whether it goes on growing."""

import json
from collections.abc import Iterator
from random import Random
from statistics import median

from tests.databases import sql
from tests.load.bench import machine
from tests.load.bench.asking import Request, ask
from tests.load.bench.figures import Figure, Size
from tests.load.bench.ground import Ground, fill
from tests.people import log_in, new_person
from tests.processes import Api

BAR_MB = 160
# From the middle of the third quarter to the middle of the last are 25,000 requests: 40 bytes that each of them left
# behind would be a megabyte. The allocator takes and gives back as much between two requests.
BAR_GROWTH_MB = 1.0
NEW = json.dumps({"name": "Bench Press", "sets": 4, "reps": 8, "weight": 82.5, "workout_day": "A"})
PAGES, KINDS, MIXED = 50, 5, 10_000


def figures(here: Ground, size: Size) -> Iterator[Figure]:
    """Resident memory at the end, and by how much the last quarter's median lies above the third's."""
    api = here.api(RATELIMIT_READ_ADMIN="1/minute")  # an admin is refused from the second request on
    fill(api, size.exercises)
    requests = mixed(api)
    assert api.child
    done, held = 0, []
    while done < size.requests:
        done += ask(api.url, requests, size.seconds, refused=True).requests
        held.append((done, machine.memory_mb(api.child.pid)))
    third = [mb for at, mb in held if done * 0.5 < at <= done * 0.75] or [held[0][1]]
    last = [mb for at, mb in held if done * 0.75 < at]
    notes = f"after {done} requests; {held[0][1]:.1f} after {held[0][0]}"
    yield Figure("memory of a process, MB", [held[-1][1]], "≤", BAR_MB, notes)
    notes = f"medians {median(third):.1f} and {median(last):.1f} MB"
    yield Figure("its growth in the last half, MB", [median(last) - median(third)], "≤", BAR_GROWTH_MB, notes)


def mixed(api: Api) -> list[Request]:
    """As many of each kind: pages, any exercise, a new one, what has not changed, and what is refused."""
    random = Random(9)
    with api.client() as client:
        admin = log_in(client, "admin")
        writer, reader = new_person(client, admin).access_token, log_in(client, "user").access_token
        tag = client.get("/exercises", headers={"Authorization": f"Bearer {reader}"}).headers["ETag"]
    ids = [row["id"] for row in sql(api.variables["DATABASE_URL"], "SELECT id FROM exercises")]
    requests = []
    for number in range(MIXED // KINDS):
        requests += [
            Request(f"/exercises?page={number % PAGES + 1}", token=reader),
            Request(f"/exercises/{random.choice(ids)}", token=reader),
            Request("/exercises", "POST", writer, body=NEW),
            Request("/exercises", token=reader, tag=tag),
            Request("/exercises", token=admin.access_token),
        ]
    return requests

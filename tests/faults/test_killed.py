"""`kill -9` under load: of PostgreSQL, of the API. What was acknowledged stays, and what was retried is there once."""

import time

from devstack.errors import ServerFailed
from devstack.postgres import Postgres
from tests.conftest import StartApi
from tests.faults.ledger import Ledger

PATIENCE = 2.0  # nobody waits longer for a database that is away


def start_again(postgres: Postgres) -> None:
    """The last processes of the old one may still be about to leave; it does not start beside them."""
    deadline = time.monotonic() + 20
    while True:
        try:
            return postgres.start()
        except ServerFailed:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)


def test_a_killed_postgresql_costs_503s_for_as_long_as_it_is_away_and_no_acknowledged_write(
    start_api: StartApi, own_postgres: Postgres
) -> None:
    database_url = own_postgres.url
    api = start_api(DATABASE_URL=database_url)
    ledger = Ledger(api.url)
    acts = [ledger.add_with_key] * 4 + [ledger.add] * 2 + [ledger.read] * 2
    with ledger.load(*acts):
        time.sleep(1)
        killed = time.monotonic()
        assert own_postgres.child
        own_postgres.child.kill()
        time.sleep(1)
        start_again(own_postgres)
        back = time.monotonic()
        time.sleep(3)
    outage = [one for one in ledger.said if one.moment >= killed]
    healed = {
        kind: min(one.moment for one in ledger.said if one.kind == kind and one.moment > back and one.status < 300)
        for kind in ("keyed", "unkeyed", "read")
    }
    late = [one for one in ledger.said if one.moment > back + 2 and one.status >= 300]
    print(
        f"away {back - killed:.2f} s: {dict(ledger.statuses(killed))}, the slowest "
        f"{max(one.seconds for one in outage):.2f} s; healed after {max(healed.values()) - back:.2f} s"
    )
    assert {one.status for one in ledger.said if one.moment < killed} <= {200, 201}
    assert {one.status for one in outage} == {200, 201, 503}
    assert all(int(one.retry_after or 0) >= 1 for one in outage if one.status == 503)
    assert max(one.seconds for one in ledger.said) <= PATIENCE
    assert max(healed.values()) - back <= 2
    assert late == []
    ledger.check(database_url)
    api.stop()


def test_a_killed_api_loses_no_acknowledged_write_and_a_retry_adds_nothing_twice(start_api: StartApi) -> None:
    api = start_api()
    ledger = Ledger(api.url)
    with ledger.load(*[ledger.add_with_key] * 6, *[ledger.add] * 2):
        for _ in range(3):
            time.sleep(0.7)
            api.kill()
            api.start()
        time.sleep(0.7)
    statuses = ledger.statuses()
    print(f"3 kills: {dict(statuses)} (0: the connection was refused or cut)")
    assert set(statuses) <= {0, 201, 409}, "409: the first attempt is not over yet"
    assert statuses[0] >= 3
    ledger.check(api.variables["DATABASE_URL"])

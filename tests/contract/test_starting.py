"""Contract §2.1, §3 and §7.2: what a process wants before it serves anybody."""

import socket

import bcrypt
import httpx
import pytest

from tests.conftest import StartApi
from tests.contract.promises import promise
from tests.databases import new_database, sql
from tests.people import SEEDED, log_in
from tests.processes import Api, run

REFUSED = 78  # EX_CONFIG
LONG_SECRET = "a secret of the tests, longer than 32 bytes"
TABLES = "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"


@promise("2.1-schema")
def test_a_start_makes_no_table_and_migrate_makes_them_all(start_api: StartApi, postgres_url: str) -> None:
    with new_database(postgres_url) as url:
        api = start_api(DATABASE_URL=url, wait_for="/livez")
        with api.client() as client:
            assert client.get("/readyz").status_code == 503
            assert sql(url, TABLES) == []
            assert run("migrate", DATABASE_URL=url, API_BCRYPT_ROUNDS="4").returncode == 0
            assert client.get("/readyz").status_code == 200
        assert {"alembic_version", "exercises", "users"} <= {row[0] for row in sql(url, TABLES)}
        api.stop()


@promise("3-port")
def test_the_port_is_8000_unless_told_otherwise(start_api: StartApi) -> None:
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            taken.bind(("127.0.0.1", 8000))
            taken.listen()
        except OSError:
            pass  # somebody has it already: as good
        refused = run("serve", API_PORT="")
    assert refused.returncode not in (0, REFUSED)
    assert "8000" in refused.stdout
    assert "address already in use" in refused.stdout


@promise("3-postgresql")
def test_only_postgresql_will_do() -> None:
    refused = run("serve", DATABASE_URL="sqlite:///workout.db")
    assert refused.returncode == REFUSED
    assert "DATABASE_URL: " in refused.stdout
    assert "postgresql://" in refused.stdout


@promise("7.2-secret")
@pytest.mark.parametrize(
    ("variables", "blamed"),
    [
        ({}, "JWT_SECRET_KEY is the development default"),
        ({"JWT_SECRET_KEY": "short"}, "JWT_SECRET_KEY is shorter than 32 bytes"),
        (
            {"JWT_SECRET_KEY": LONG_SECRET, "JWT_PREVIOUS_SECRET_KEYS": "short"},
            "JWT_PREVIOUS_SECRET_KEYS is shorter than 32 bytes",
        ),
    ],
    ids=["the default", "a short one", "a short previous one"],
)
def test_a_production_start_without_a_secret_of_its_own_is_refused(variables: dict[str, str], blamed: str) -> None:
    database = "postgresql://somebody@127.0.0.1:1/somewhere"
    settings = {"API_ENVIRONMENT": "production", "API_BCRYPT_ROUNDS": "", "DATABASE_URL": database}
    refused = run("serve", **(settings | variables))
    assert refused.returncode == REFUSED
    assert blamed in refused.stdout


@promise("7.2-secret", "7.2-accounts")
def test_a_production_start_with_a_secret_makes_the_admin_it_is_told_to_and_nobody_else(start_api: StartApi) -> None:
    api = start_api(
        API_ENVIRONMENT="production",
        API_BCRYPT_ROUNDS="10",
        JWT_SECRET_KEY=LONG_SECRET,
        API_ADMIN_PASSWORD="ours alone",
    )
    with api.client() as client:
        assert client.post("/auth/login", json={"username": "user", "password": "user123"}).status_code == 401
        assert client.post("/auth/login", json={"username": "admin", "password": "admin123"}).status_code == 401
        log_in(client, "admin", "ours alone")
        assert client.get("/health").json()["database"]["exercise_count"] == 0


@promise("7.2-bcrypt", "7.2-cost", "7.2-admin-account", "7.2-user-account", "7.2-accounts")
def test_the_accounts_to_begin_with_have_bcrypt_hashes_of_cost_12(postgres_url: str) -> None:
    with new_database(postgres_url) as url:
        assert run("migrate", DATABASE_URL=url, API_BCRYPT_ROUNDS="").returncode == 0
        accounts = {
            name: (role, hashed) for name, role, hashed in sql(url, "SELECT username, role, password_hash FROM users")
        }
    assert set(accounts) == set(SEEDED)
    for username, password in SEEDED.items():
        role, hashed = accounts[username]
        assert role == username
        assert hashed.startswith("$2b$12$")
        assert bcrypt.checkpw(password.encode(), hashed.encode())


@promise("7.2-admin-account", "7.2-user-account")
def test_the_accounts_to_begin_with_can_log_in(client: httpx.Client) -> None:
    for username in SEEDED:
        me = client.get("/auth/me", headers=log_in(client, username).headers).json()
        assert (me["username"], me["role"]) == (username, username)


@promise("7.2-cost")
def test_the_cost_of_a_hash_can_be_configured(api: Api, client: httpx.Client) -> None:
    rows = sql(api.variables["DATABASE_URL"], "SELECT password_hash FROM users WHERE username = 'admin'")
    assert [row[0][:7] for row in rows] == ["$2b$04$"]
    log_in(client, "admin")

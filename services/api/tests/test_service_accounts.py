"""Service accounts: a folder with a file for each, whose content is always the password."""

import logging
from collections.abc import Awaitable, Callable
from pathlib import Path

import asyncpg
import bcrypt
import pytest
from pydantic import SecretStr

from api.accounts.provision import UnusablePassword, provision
from api.settings import ApiSettings

pytestmark = pytest.mark.anyio

SECRET = "a-secret-of-the-tests-with-more-than-32-bytes"
UNUSABLE = "$2b$04$" + "." * 53
Start = Callable[[Path], Awaitable[None]]


@pytest.fixture
def start(database_url: str) -> Start:
    """A start in production, where only the folder makes accounts: `await start(folder)`."""

    async def run(folder: Path) -> None:
        values = {"environment": "production", "bcrypt_rounds": 10, "service_accounts_dir": folder}
        secrets = {"database_url": SecretStr(database_url), "jwt_secret_key": SecretStr(SECRET)}
        await provision(ApiSettings.model_validate(values | secrets).model_copy(update={"bcrypt_rounds": 4}))

    return run


async def accounts(sql: asyncpg.Connection) -> dict[str, tuple[str, str | None]]:
    return {row["username"]: (row["role"], row["email"]) for row in await sql.fetch("SELECT * FROM users")}


async def has_password(sql: asyncpg.Connection, username: str, password: str) -> bool:
    hashed = await sql.fetchval("SELECT password_hash FROM users WHERE username = $1", username)
    return bcrypt.checkpw(password.encode(), hashed.encode())


async def test_every_file_of_the_folder_is_an_account(start: Start, sql: asyncpg.Connection, tmp_path: Path) -> None:
    for name in ("worker", "coach", "mcp-server"):
        (tmp_path / name).write_text(f"the password of {name}")
    await start(tmp_path)
    assert await accounts(sql) == dict.fromkeys(("coach", "mcp-server", "worker"), ("service", None))
    for name in ("worker", "coach", "mcp-server"):
        assert await has_password(sql, name, f"the password of {name}")
    assert await sql.fetchval("SELECT count(*) FROM routines WHERE owner_id IS NOT NULL") == 3


@pytest.mark.parametrize("content", ["secret password", "secret password\n", " secret password \r\n\n"])
async def test_blanks_around_a_password_are_not_part_of_it(
    start: Start, sql: asyncpg.Connection, tmp_path: Path, content: str
) -> None:
    (tmp_path / "coach").write_bytes(content.encode())
    await start(tmp_path)
    assert await has_password(sql, "coach", "secret password")


async def test_what_kubernetes_keeps_beside_the_files_makes_no_account(
    start: Start, sql: asyncpg.Connection, tmp_path: Path
) -> None:
    real = tmp_path / "..2026_11_22"
    real.mkdir()
    (real / "coach").write_text("the coach's password")
    (tmp_path / "..data").symlink_to(real.name)
    (tmp_path / "coach").symlink_to("..data/coach")
    (tmp_path / ".hidden").write_text("a password")
    (tmp_path / "folder").mkdir()
    await start(tmp_path)
    assert await accounts(sql) == {"coach": ("service", None)}
    assert await has_password(sql, "coach", "the coach's password")


async def test_an_empty_folder_makes_no_account(start: Start, sql: asyncpg.Connection, tmp_path: Path) -> None:
    await start(tmp_path)
    assert await accounts(sql) == {}


async def test_a_folder_that_is_not_there_is_an_error(start: Start, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="nowhere"):
        await start(tmp_path / "nowhere")


async def test_a_new_password_in_the_file_replaces_the_old_one(
    start: Start, sql: asyncpg.Connection, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    file = tmp_path / "coach"
    hashes, messages = [], []
    for content in ("the first one", "the first one", "the second one"):
        file.write_text(content)
        caplog.clear()
        with caplog.at_level(logging.INFO, "api.accounts"):
            await start(tmp_path)
        messages.append(caplog.messages)
        hashes.append(await sql.fetchval("SELECT password_hash FROM users"))
    assert hashes[0] == hashes[1]
    assert await has_password(sql, "coach", "the second one")
    assert not await has_password(sql, "coach", "the first one")
    assert messages == [[said := "The service account coach has the password of its file"], [], [said]]
    assert await accounts(sql) == {"coach": ("service", None)}


async def test_a_disabled_service_stays_disabled(start: Start, sql: asyncpg.Connection, tmp_path: Path) -> None:
    (tmp_path / "coach").write_text("the first one")
    await start(tmp_path)
    await sql.execute("UPDATE users SET disabled = true")
    (tmp_path / "coach").write_text("the second one")
    await start(tmp_path)
    assert await sql.fetchval("SELECT disabled FROM users")


@pytest.mark.parametrize("role", ["user", "admin", "readonly"])
@pytest.mark.parametrize("name", ["coach", "Coach"])
async def test_a_persons_account_is_never_taken_over(
    start: Start, sql: asyncpg.Connection, tmp_path: Path, role: str, name: str
) -> None:
    await sql.execute("INSERT INTO users (username, role, password_hash) VALUES ($1, $2, $3)", name, role, UNUSABLE)
    (tmp_path / "coach").write_text("the coach's password")
    with pytest.raises(UnusablePassword) as refused:
        await start(tmp_path)
    assert str(refused.value) == "The service account coach has the name of a person's account"
    assert [tuple(row) for row in await sql.fetch("SELECT username, role, password_hash FROM users")] == [
        (name, role, UNUSABLE)
    ]


async def test_a_person_with_the_files_password_is_a_collision_too(
    start: Start, sql: asyncpg.Connection, tmp_path: Path
) -> None:
    hashed = bcrypt.hashpw(b"the coach's password", bcrypt.gensalt(4)).decode()
    await sql.execute("INSERT INTO users (username, role, password_hash) VALUES ('coach', 'user', $1)", hashed)
    (tmp_path / "coach").write_text("the coach's password")
    with pytest.raises(UnusablePassword):
        await start(tmp_path)


@pytest.mark.parametrize("password", ["", "\n", "x" * 73, "\u00e9" * 37])
async def test_a_password_that_bcrypt_cannot_take_names_its_account(
    start: Start, sql: asyncpg.Connection, tmp_path: Path, password: str
) -> None:
    (tmp_path / "coach").write_text(password, encoding="utf-8")
    with pytest.raises(UnusablePassword) as refused:
        await start(tmp_path)
    assert str(refused.value) == "The password for coach must have 1 to 72 bytes"
    assert await accounts(sql) == {}


@pytest.mark.parametrize("password", ["x", "x" * 72, "\u00e9" * 36])
async def test_the_shortest_and_the_longest_can_be_taken(
    start: Start, sql: asyncpg.Connection, tmp_path: Path, password: str
) -> None:
    (tmp_path / "coach").write_text(password, encoding="utf-8")
    await start(tmp_path)
    assert await has_password(sql, "coach", password)

"""Loaded by `st` (schemathesis): who its requests are from, and that no two of them share an Idempotency-Key.

What it sends can end its own session, disable its own account or take its role away; all of these are answers to be
checked. Whenever that has happened, it goes on as a new account of the same role. Accounts are made in the database,
because no account of the API would be safe from it.
"""

import asyncio
import os
import re
from typing import Any
from uuid import uuid4

import asyncpg
import bcrypt
import httpx
import schemathesis

ROLE, DATABASE, URL = (os.environ.get(name, "") for name in ("FUZZ_ROLE", "FUZZ_DATABASE_URL", "FUZZ_API_URL"))
KEY = re.compile(r"[\x21-\x7e]{1,255}")
PASSWORD = "admin123"  # the document's example for the current password, so that changing it succeeds
MAX_BYTES = 72
HASH = bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(4)).decode()
MAKE = """
    WITH made AS (INSERT INTO users (username, role, password_hash) VALUES ($1, $2, $3) RETURNING id)
    INSERT INTO routines (owner_id) SELECT id FROM made"""


async def make(username: str) -> None:
    """An account of the role that is asked for, with its routine."""
    connection = await asyncpg.connect(DATABASE)
    try:
        await connection.execute(MAKE, username, ROLE, HASH)
    finally:
        await connection.close()


@schemathesis.hook
def before_call(context: Any, case: Any, kwargs: Any) -> None:
    """A valid key that was used for another body is rightly refused, but here it was only generated twice."""
    name = "Idempotency-Key"
    if KEY.fullmatch(str(case.headers.get(name, ""))):
        case.headers[name] = f"{case.headers[name][:200]}.{uuid4()}"


@schemathesis.hook
def filter_body(context: Any, body: Any) -> bool:
    """A password has at most 72 bytes, and a schema counts characters: leave out what only the bytes forbid."""
    fields = body.items() if isinstance(body, dict) else ()
    words = [value for name, value in fields if "password" in name and isinstance(value, str)]
    return not any(len(word) <= MAX_BYTES < len(word.encode(errors="replace")) for word in words)


class Session:
    """Somebody new each time `st` asks: at first, and when an answer says that the last one is nobody any more."""

    def get(self, case: Any, context: Any) -> str:
        """A token."""
        username = f"{ROLE}-{uuid4().hex[:12]}"
        asyncio.run(make(username))
        answer = httpx.post(f"{URL}/auth/login", json={"username": username, "password": PASSWORD}, timeout=30)
        token: str = answer.raise_for_status().json()["access_token"]
        return token

    def set(self, case: Any, data: str, context: Any) -> None:
        """The token into the request."""
        case.headers["Authorization"] = f"Bearer {data}"


if ROLE:
    # An admin that is not one any more gets 403; for the others 403 says that they never were.
    schemathesis.auth(retry_on=[401, 403] if ROLE == "admin" else [401])(Session)

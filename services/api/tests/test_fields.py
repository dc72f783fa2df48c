"""The fields of an exercise: each bound from both sides, for adding and for changing."""

import json
import re

import asyncpg
import httpx
import pytest

pytestmark = pytest.mark.anyio

BODY = {"name": "Squat", "sets": 3, "reps": 5, "weight": 60.0, "workout_day": "A"}
LETTER_E_WITH_ACUTE = "e\u0301"  # two characters that look like one
TOO_SHORT, TOO_LONG = "String should have at least 1 character", "String should have at most {} characters"
AT_LEAST, AT_MOST = "Input should be greater than or equal to {}", "Input should be less than or equal to {}"
INTEGER, NUMBER, STRING = (f"Input should be a valid {kind}" for kind in ("integer", "number", "string"))
FINITE = "Input should be a finite number"
VISIBLE = "String should have a visible character and no control characters"


@pytest.fixture(params=["POST", "PATCH"])
def method(request: pytest.FixtureRequest) -> str:
    """Both ways to write."""
    return str(request.param)


async def write(client: httpx.AsyncClient, sql: asyncpg.Connection, method: str, text: str) -> httpx.Response:
    """Add what `text` says, or change an exercise to it."""
    path = "/exercises"
    if method == "PATCH":
        exercise = await sql.fetchval(
            "INSERT INTO exercises (routine_id, name, sets, reps, weight, workout_day) "
            "SELECT id, 'Before', 99, 999, 0.5, 'Before' FROM routines WHERE owner_id IS NULL RETURNING id"
        )
        path = f"/exercises/{exercise}"
    return await client.request(method, path, content=text, headers={"Content-Type": "application/json"})


def body(field: str, literal: str) -> str:
    """A body with `literal` as that field's JSON."""
    return json.dumps(BODY | {field: "%"}).replace('"%"', literal)


@pytest.mark.parametrize(
    ("field", "literal", "value"),
    [
        ("name", '"x"', "x"),
        ("name", f'"{"x" * 100}"', "x" * 100),
        ("name", f'"{"💪" * 100}"', "💪" * 100),
        ("name", '"' + r"\ud83d\udcaa" * 100 + '"', "💪" * 100),
        ("name", f'"{LETTER_E_WITH_ACUTE * 50}"', LETTER_E_WITH_ACUTE * 50),
        ("name", '"  Squat  "', "Squat"),
        ("name", '"\u00a0\u3000\u2009Squat\u00a0"', "Squat"),
        ("name", '"Back   squat"', "Back   squat"),
        ("name", '"\u200bSquat\u200b"', "\u200bSquat\u200b"),
        ("name", '"0"', "0"),
        ("name", '"null"', "null"),
        ("name", '"."', "."),
        ("sets", "1", 1),
        ("sets", "2", 2),
        ("sets", "99", 99),
        ("sets", "100", 100),
        ("reps", "1", 1),
        ("reps", "2", 2),
        ("reps", "999", 999),
        ("reps", "1000", 1000),
        ("weight", "null", None),
        ("weight", "0", 0.0),
        ("weight", "0.0", 0.0),
        ("weight", "80", 80.0),
        ("weight", "0.1", 0.1),
        ("weight", "102.5", 102.5),
        ("weight", "1e-3", 0.001),
        ("weight", "999999.9", 999_999.9),
        ("weight", "1000000", 1_000_000.0),
        ("weight", "1e6", 1_000_000.0),
        ("workout_day", '"A"', "A"),
        ("workout_day", '"1234567890"', "1234567890"),
        ("workout_day", f'"{"💪" * 10}"', "💪" * 10),
        ("workout_day", '" Push "', "Push"),
    ],
)
async def test_a_value_within_its_bounds_is_stored(
    client: httpx.AsyncClient, sql: asyncpg.Connection, method: str, field: str, literal: str, value: object
) -> None:
    answer = await write(client, sql, method, body(field, literal))
    assert answer.status_code == (201 if method == "POST" else 200), answer.text
    expected = {"id": answer.json()["id"], **BODY, field: value}
    assert answer.json() == expected
    assert type(answer.json()[field]) is type(value)
    row = await sql.fetchrow("SELECT id, name, sets, reps, weight, workout_day FROM exercises")
    assert row is not None
    assert dict(row) == expected


@pytest.mark.parametrize(
    ("field", "literal", "message"),
    [
        ("name", '""', TOO_SHORT),
        ("name", f'"{"x" * 101}"', TOO_LONG.format(100)),
        ("name", f'"{"💪" * 101}"', TOO_LONG.format(100)),
        ("name", f'"{LETTER_E_WITH_ACUTE * 50}x"', TOO_LONG.format(100)),
        ("name", "7", STRING),
        ("name", "true", STRING),
        ("name", '["Squat"]', STRING),
        ("name", '{"text": "Squat"}', STRING),
        ("sets", "0", AT_LEAST.format(1)),
        ("sets", "-1", AT_LEAST.format(1)),
        ("sets", "101", AT_MOST.format(100)),
        ("sets", "2147483648", AT_MOST.format(100)),
        ("sets", "9" * 40, AT_MOST.format(100)),
        ("reps", "0", AT_LEAST.format(1)),
        ("reps", "1001", AT_MOST.format(1000)),
        *((field, literal, INTEGER) for field in ("sets", "reps") for literal in ("true", '"3"', "3.5", "1e-1", "[3]")),
        ("weight", "-0.1", AT_LEAST.format(0)),
        ("weight", "-1", AT_LEAST.format(0)),
        ("weight", "1000000.1", AT_MOST.format(1_000_000)),
        ("weight", "1000001", AT_MOST.format(1_000_000)),
        ("weight", "true", NUMBER),
        ("weight", '"80"', NUMBER),
        ("weight", '""', NUMBER),
        ("weight", "[]", NUMBER),
        ("weight", "NaN", FINITE),
        ("weight", "Infinity", FINITE),
        ("weight", "-Infinity", FINITE),
        ("weight", "1e999", FINITE),
        ("weight", "-1e999", FINITE),
        ("sets", "NaN", INTEGER),
        ("reps", "Infinity", INTEGER),
        ("workout_day", '""', TOO_SHORT),
        ("workout_day", '"12345678901"', TOO_LONG.format(10)),
        ("workout_day", f'"{"💪" * 11}"', TOO_LONG.format(10)),
        ("workout_day", "1", STRING),
    ],
)
async def test_a_value_beyond_its_bounds_is_refused_by_name(
    client: httpx.AsyncClient, sql: asyncpg.Connection, method: str, field: str, literal: str, message: str
) -> None:
    answer = await write(client, sql, method, body(field, literal))
    assert answer.status_code == 422, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["errors"] == [{"field": field, "message": message}]
    assert answer.json()["detail"] == f"{field}: {message}"
    assert await sql.fetchval("SELECT count(*) FROM exercises WHERE name <> 'Before'") == 0


async def test_every_letter_digit_and_sign_of_ascii_can_be_seen(client: httpx.AsyncClient) -> None:
    signs = [chr(code) for code in range(0x21, 0x7F)]
    for sign in signs:
        answer = await client.post("/exercises", json=BODY | {"name": sign, "workout_day": sign})
        assert (answer.status_code, sign) == (201, sign)
    items = (await client.get("/exercises?page_size=200")).json()["items"]
    assert [(item["name"], item["workout_day"]) for item in items] == [(sign, sign) for sign in signs]


BLANK = ["\t", "\n", "\u00a0", "\u2003", "\u3000", "\u2028", "\u2029", "   "]
INVISIBLE = [
    *("\u00ad", "\u034f", "\u061c", "\u115f", "\u1160", "\u17b4", "\u17b5", "\u180b", "\u180e", "\u180f"),
    *("\u200b", "\u200c", "\u200d", "\u200e", "\u200f", "\u202a", "\u202e", "\u2060", "\u2064", "\u2066", "\u206f"),
    *("\u2800", "\u3164", "\ufe00", "\ufe0f", "\ufeff", "\uffa0", "\U000e0001", "\U000e0041", "\U000e0100"),
]
CONTROL = ["\0", "\x01", "\x1b", "\x1f", "\x7f", "\x80", "\x9f"]


def named(text: str) -> str:
    return "+".join(f"U+{ord(character):04X}" for character in text)


@pytest.mark.parametrize("text", [*BLANK, *INVISIBLE, " \u200b\u00a0", "\u200b\u2800", *CONTROL], ids=named)
async def test_a_text_that_nobody_can_see_is_refused(
    client: httpx.AsyncClient, sql: asyncpg.Connection, method: str, text: str
) -> None:
    answer = await write(client, sql, method, json.dumps(BODY | {"name": text, "workout_day": text}))
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"] == [{"field": field, "message": VISIBLE} for field in ("name", "workout_day")]
    assert await sql.fetchval("SELECT count(*) FROM exercises WHERE name <> 'Before'") == 0


@pytest.mark.parametrize(
    ("field", "form"), [("name", "{}Sq"), ("name", "Sq{}t"), ("name", "Sq{}"), ("workout_day", "Sq{}")]
)
@pytest.mark.parametrize("control", [*CONTROL, "\t", "\n", "\r"], ids=named)
async def test_a_control_character_is_refused_wherever_it_stands(
    client: httpx.AsyncClient, sql: asyncpg.Connection, method: str, field: str, form: str, control: str
) -> None:
    answer = await write(client, sql, method, json.dumps(BODY | {field: form.format(control)}))
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"] == [{"field": field, "message": VISIBLE}]
    assert await sql.fetchval("SELECT count(*) FROM exercises WHERE name <> 'Before'") == 0


@pytest.mark.parametrize("field", ["name", "workout_day"])
@pytest.mark.parametrize("form", [r"\ud800", r"\udfff", r"x\ud800y", r"\udc00\ud800"])
async def test_half_a_surrogate_pair_is_refused_by_name(
    client: httpx.AsyncClient, sql: asyncpg.Connection, method: str, field: str, form: str
) -> None:
    answer = await write(client, sql, method, body(field, f'"{form}"'))
    assert answer.status_code == 422, answer.text
    (error,) = answer.json()["errors"]
    assert error["field"] == field
    assert re.search("valid string", error["message"])
    assert await sql.fetchval("SELECT count(*) FROM exercises WHERE name <> 'Before'") == 0


@pytest.mark.parametrize("literal", ["7.0", "0.7e1"])
async def test_a_whole_number_is_one_however_it_is_written(
    client: httpx.AsyncClient, sql: asyncpg.Connection, method: str, literal: str
) -> None:
    answer = await write(client, sql, method, body("sets", literal))
    assert answer.json()["sets"] == 7

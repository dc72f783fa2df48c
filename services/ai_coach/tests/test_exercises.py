"""`/exercises` is the API's own answer; the document tells what is answered; the command line starts it."""

import sys

import httpx
import pytest

from ai_coach import __main__ as command
from ai_coach import __version__
from devstack.ports import free_port
from services.ai_coach.tests.conftest import MakeCoach, WriteRoutine
from tests.processes import Api

pytestmark = pytest.mark.anyio

QUERIES = [
    *("", "page=1&page_size=2", "sort_by=name&sort_order=desc", "format=csv", "page=0", "page_size=201"),
    *("sort_by=%27%3B+DROP", "x=%00%ff&y=a+b&z=ü", "page=999999", "scope=all", "a=1&a=2&&=;", "page=1#frag"),
]


@pytest.mark.parametrize("query", QUERIES)
async def test_query_status_body_and_headers_pass_through(
    client: httpx.AsyncClient, open_api: Api, write_routine: WriteRoutine, query: str
) -> None:
    await write_routine(("Squat", 3, 5, 100.0), ("Bench Press", 4, 8, 80.0), ("Ünïcode", 1, 1, None))
    url = f"/exercises?{query}" if query else "/exercises"
    ours = await client.get(url)
    async with httpx.AsyncClient(base_url=open_api.url) as api:
        theirs = await api.get(url)
    assert ours.status_code == theirs.status_code
    if theirs.status_code < 400:
        assert ours.content == theirs.content
    for name in ("content-type", "content-disposition", "etag", "cache-control", "vary", "link", "x-total-count"):
        assert ours.headers.get(name) == theirs.headers.get(name), name


async def test_an_entity_tag_holds_through_the_coach(client: httpx.AsyncClient, write_routine: WriteRoutine) -> None:
    tag = (await client.get("/exercises")).headers["etag"]
    same = await client.get("/exercises", headers={"If-None-Match": tag})
    assert (same.status_code, same.content, same.headers["etag"]) == (304, b"", tag)
    await write_routine(("Squat", 3, 5, 100.0))
    assert (await client.get("/exercises", headers={"If-None-Match": tag})).status_code == 200


async def test_an_api_that_is_away_is_503_in_the_contracts_words(make_coach: MakeCoach) -> None:
    client = await make_coach(api_url=f"http://127.0.0.1:{free_port()}")
    for path in ("/exercises", "/analyze"):
        answer = await client.get(path)
        assert (answer.status_code, answer.json()["detail"]) == (503, "Unable to connect to workout API.")
    chat = (await client.post("/chat", json={"message": "How often should I train?"})).json()
    assert (chat["context_used"], chat["source"]) == (False, "rules")


async def test_nothing_to_analyze_is_400(client: httpx.AsyncClient) -> None:
    answer = await client.get("/analyze")
    assert (answer.status_code, answer.json()["type"]) == (400, "urn:problem:nothing-to-analyze")


async def test_the_document_tells_what_is_answered(client: httpx.AsyncClient, make_coach: MakeCoach) -> None:
    document = (await client.get("/openapi.json")).json()
    paths = document["paths"]
    assert {"/chat", "/chat/stream", "/recommend", "/analyze", "/exercises", "/health"} <= set(paths)
    for path in ("/chat", "/chat/stream", "/recommend"):
        assert {"200", "401", "413", "415", "422", "429", "503"} <= set(paths[path]["post"]["responses"])
    assert {"200", "400", "401", "429", "503"} <= set(paths["/analyze"]["get"]["responses"])
    assert {"200", "401", "429", "503"} <= set(paths["/exercises"]["get"]["responses"])
    assert "security" not in paths["/health"]["get"]
    assert {"bearer": []} in paths["/chat"]["post"]["security"]
    closed = (await (await make_coach(auth="token")).get("/openapi.json")).json()
    assert closed["paths"]["/chat"]["post"]["security"] == [{"bearer": []}]


def test_serve_is_started_with_what_the_environment_says(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[dict[str, object]] = []
    monkeypatch.setattr(command, "serve", lambda app, **options: started.append(options))
    monkeypatch.setattr("runtime.logs.configure", lambda *_: None)
    monkeypatch.setattr(sys, "argv", ["workout-ai-coach", "serve"])
    monkeypatch.setenv("AI_COACH_PORT", "8077")
    monkeypatch.setenv("AI_COACH_SHUTDOWN", "7")
    command.main()
    assert started == [{"host": "127.0.0.1", "port": 8077, "shutdown_seconds": 7}]


@pytest.mark.parametrize(("arguments", "status"), [(["--version"], 0), (["--help"], 0), ([], 2), (["fly"], 2)])
def test_the_command_line_says_what_it_can(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], arguments: list[str], status: int
) -> None:
    monkeypatch.setattr(sys, "argv", ["workout-ai-coach", *arguments])
    with pytest.raises(SystemExit) as ended:
        command.main()
    assert ended.value.code == status
    assert (capsys.readouterr().out == f"{__version__}\n") is (arguments == ["--version"])

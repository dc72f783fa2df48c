"""The short cut of what has a body: FastAPI's answers, refusals among them, whether it sees the request or not."""

from collections.abc import Callable
from typing import Annotated, Any

import pytest
from fastapi import APIRouter, Body, Depends, FastAPI, Header, Request, Response
from fastapi.routing import APIRoute
from httpx import ASGITransport, AsyncClient
from httpx import Response as Answer
from pydantic import BaseModel, Field
from starlette.middleware import Middleware

from api.edge import hot
from api.edge.hot import HotRoute, ShortCut
from runtime import problems
from runtime.problems import NotAuthenticated

pytestmark = pytest.mark.anyio
JSON = {"content-type": "application/json"}


class Lift(BaseModel):
    name: str = Field(max_length=5)
    reps: int = 1


class Gym:
    """An application that takes lifts; `asked` counts the dependency's calls."""

    def __init__(self, kind: type[APIRoute] = HotRoute) -> None:
        self.asked = 0
        self.strangers = False
        router = APIRouter(route_class=kind)

        async def who(request: Request) -> str:
            self.asked += 1
            if self.strangers:
                raise NotAuthenticated
            return "anna"

        @router.post("/lifts/{day}")
        async def add(
            day: int,
            lift: Lift,
            name: Annotated[str, Depends(who)],
            key: Annotated[str | None, Header(max_length=3)] = None,
            note: Annotated[str | None, Header()] = None,
        ) -> Response:
            return Response(f"{name} {day} {lift.name} {lift.reps} {key} {note}", 201)

        self.app = FastAPI()
        self.app.include_router(router)
        self.app.user_middleware.append(Middleware(ShortCut))
        problems.install(self.app)

    async def post(self, url: str = "/lifts/3", **request: Any) -> Answer:
        async with AsyncClient(transport=ASGITransport(self.app), base_url="http://gym") as client:
            return await client.post(url, **request)


@pytest.fixture
def answered(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The URLs of what was answered without FastAPI's solving."""
    urls: list[str] = []
    answer = hot.Way.answer

    async def noted(self: hot.Way, request: Request, values: dict[str, Any]) -> Response:
        urls.append(request.url.path)
        return await answer(self, request, values)

    monkeypatch.setattr(hot.Way, "answer", noted)
    return urls


async def test_the_first_and_the_next_are_answered_alike(answered: list[str]) -> None:
    gym = Gym()
    bodies = [(await gym.post(json={"name": "Squat", "reps": reps}, headers={"note": "x"})).text for reps in (1, 2, 3)]
    assert bodies == [f"anna 3 Squat {reps} None x" for reps in (1, 2, 3)]
    assert len(answered) == gym.asked == 3


@pytest.mark.parametrize(
    "request_",
    [
        {"json": {"name": "Deadlift"}},
        {"json": {}},
        {"json": ["Squat"]},
        {"json": None},
        {"content": b'{"name": "Squat"', "headers": JSON},
        {"content": b'{"name": "\xff"}', "headers": JSON},
        {"content": b"[" * 100_000, "headers": JSON},
        {"content": b"", "headers": JSON},
        {"content": b'{"name": "Squat"}'},
        {"content": b'{"name": "Squat"}', "headers": {"content-type": "text/plain"}},
        {"content": b'{"name": "Squat"}', "headers": {"content-type": "application/json; charset=utf-8"}},
        {"content": b'{"name": "Squat"}', "headers": {"content-type": "application/vnd.gym+json"}},
        {"json": {"name": "Squat"}, "headers": {"key": "abc"}},
        {"json": {"name": "Squat"}, "headers": {"key": "too long"}},
        {"json": {"name": "Squat"}, "url": "/lifts/x"},
    ],
)
@pytest.mark.parametrize("strangers", [False, True])
async def test_what_fastapi_has_to_see_it_sees_whole(request_: dict[str, Any], strangers: bool) -> None:
    gym, stock = Gym(), Gym(APIRoute)
    await gym.post(json={"name": "Squat"})
    gym.strangers = stock.strangers = strangers
    gym.asked = 0
    for _ in range(2):
        stock.asked = 0
        answer, expected = await gym.post(**request_), await stock.post(**request_)
        assert (answer.status_code, answer.text) == (expected.status_code, expected.text)
        assert gym.asked == stock.asked  # who is calling is asked once, whichever way is taken
        gym.asked = 0


async def test_whoever_breaks_off_is_answered_as_by_fastapi() -> None:
    """What a server hands to an application when the client goes in the middle of its body."""
    answers = []
    for gym in (Gym(), Gym(APIRoute)):
        await gym.post(json={"name": "Squat"})
        messages = [{"type": "http.request", "body": b'{"na', "more_body": True}, {"type": "http.disconnect"}]
        sent: list[Any] = []

        async def receive(messages: list[Any] = messages) -> Any:
            return messages.pop(0) if len(messages) > 1 else messages[0]

        async def send(message: Any, sent: list[Any] = sent) -> None:
            sent.append(message)

        scope = {
            "type": "http",
            "method": "POST",
            "path": "/lifts/3",
            "query_string": b"",
            "headers": [(b"content-type", b"application/json")],
        }
        await gym.app(scope, receive, send)
        answers.append(sent)
    assert answers[0] == answers[1]
    assert answers[0][0]["status"] == 400


def test_both_kinds_of_route_are_documented_alike() -> None:
    assert Gym().app.openapi() == Gym(APIRoute).app.openapi()


async def two_models(lift: Lift, other: Lift) -> None: ...
async def embedded(lift: Annotated[Lift, Body(embed=True)]) -> None: ...
async def lifts(got: list[Lift]) -> None: ...
async def of_a_dependency(lift: Lift) -> None: ...
async def at_most(lift: Annotated[Lift, Body(gt=3)]) -> None: ...
async def with_a_default(lift: Lift, note: Annotated[str | None, Header()] = "none") -> None: ...
async def below(got: Annotated[None, Depends(of_a_dependency)]) -> None: ...


@pytest.mark.parametrize("endpoint", [two_models, embedded, lifts, at_most, with_a_default, below])
def test_another_kind_of_body_is_refused_where_it_is_declared(endpoint: Callable[..., Any]) -> None:
    with pytest.raises(TypeError, match="HotRoute"):
        APIRouter(route_class=HotRoute).post("/")(endpoint)

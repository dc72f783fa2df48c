"""The short cut of hot reads: whatever FastAPI would have done for a URL is done for it the second time, too."""

from collections.abc import AsyncIterator, Callable
from typing import Annotated, Any

import pytest
from fastapi import (
    APIRouter,
    BackgroundTasks,
    Body,
    Cookie,
    Depends,
    FastAPI,
    Header,
    HTTPException,
    Query,
    Request,
    Response,
)
from fastapi.routing import APIRoute
from httpx import ASGITransport, AsyncClient
from pydantic import BaseModel, ConfigDict, Field
from starlette.middleware import Middleware

from api.edge import hot
from api.edge.hot import HotRoute, ShortCut
from runtime import problems
from runtime.problems import NotAuthenticated


class Wanted(BaseModel):
    model_config = ConfigDict(frozen=True)

    page: int = Field(1, ge=1)
    word: str = "none"


class House:
    """An application with one read, behind dependencies of every kind; `called` is who was asked, in turn."""

    def __init__(self, kind: type[APIRoute] = HotRoute) -> None:
        self.called: list[str] = []
        self.strangers = False
        self.error: Exception | None = None
        router, outer = APIRouter(route_class=kind), APIRouter()
        self.router = router

        async def who(request: Request) -> str:
            self.called.append("who")
            if self.strangers:
                raise NotAuthenticated
            return request.headers.get("name", "nobody")

        self.who = who

        async def of_the_route(name: Annotated[str, Depends(who)]) -> None:
            self.called.append(f"route:{name}")

        async def of_the_inclusion(request: Request) -> None:
            self.called.append("inclusion")

        @router.get("/rows/{row}", dependencies=[Depends(of_the_route)])
        async def read(
            row: int,
            wanted: Annotated[Wanted, Query()],
            name: Annotated[str, Depends(who)],
            if_none_match: Annotated[str | None, Header()] = None,
        ) -> Response:
            self.called.append("read")
            if self.error:
                raise self.error
            return Response(f"{name} {row} {wanted.page} {wanted.word} {if_none_match}")

        outer.include_router(router, prefix="/in")
        self.app = FastAPI()
        self.app.include_router(outer, dependencies=[Depends(of_the_inclusion)])
        self.app.user_middleware.append(Middleware(ShortCut))
        problems.install(self.app)

    def client(self, root_path: str = "") -> AsyncClient:
        return AsyncClient(transport=ASGITransport(self.app, root_path=root_path), base_url="http://reads")


@pytest.fixture
def solved(monkeypatch: pytest.MonkeyPatch) -> Callable[[House], int]:
    """How many requests of a house have gone through FastAPI."""
    counts: dict[int, int] = {}
    remember = hot.Way.values

    def counted(self: hot.Way, request: Request) -> dict[str, Any] | None:
        counts[id(request.app)] = counts.get(id(request.app), 0) + 1
        return remember(self, request)

    monkeypatch.setattr(hot.Way, "values", counted)
    return lambda house: counts.get(id(house.app), 0)


async def test_the_second_answer_is_the_first_without_fastapi(solved: Callable[[House], int]) -> None:
    house = House()
    async with house.client() as client:
        answers = [await client.get("/in/rows/3?page=2&word=a%20b") for _ in range(3)]
    assert {answer.text for answer in answers} == {"nobody 3 2 a b None"}
    assert solved(house) == 1


async def test_every_dependency_is_asked_each_time_in_the_same_order() -> None:
    house = House()
    async with house.client() as client:
        orders = []
        for _ in range(3):
            house.called.clear()
            await client.get("/in/rows/3")
            orders.append(tuple(house.called))
    assert set(orders) == {("inclusion", "who", "route:nobody", "read")}


async def test_headers_and_callers_are_not_remembered() -> None:
    async with House().client() as client:
        texts = [
            (await client.get("/in/rows/3", headers=headers)).text
            for headers in ({}, {"name": "anna"}, {"if-none-match": '"7"'}, {})
        ]
    assert texts == ["nobody 3 1 none None", "anna 3 1 none None", 'nobody 3 1 none "7"', "nobody 3 1 none None"]


async def test_whoever_may_no_longer_read_is_refused_as_fastapi_would() -> None:
    house, stock = House(), House(APIRoute)
    async with house.client() as client, stock.client() as other:
        await client.get("/in/rows/3")
        house.strangers = stock.strangers = True
        refused, expected = await client.get("/in/rows/3"), await other.get("/in/rows/3")
    assert (refused.status_code, refused.json()) == (expected.status_code, expected.json())
    assert refused.status_code == 401
    assert refused.headers == expected.headers
    assert "read" not in house.called[-2:]


@pytest.mark.parametrize(
    "error", [HTTPException(418, "a teapot", {"X-Pot": "yes"}), NotAuthenticated("really"), KeyError("x")]
)
async def test_what_an_endpoint_raises_is_answered_as_fastapi_would(error: Exception) -> None:
    house, stock = House(), House(APIRoute)
    async with house.client() as client, stock.client() as other:
        await client.get("/in/rows/3")
        house.error = stock.error = error
        if isinstance(error, KeyError):
            with pytest.raises(KeyError):
                await client.get("/in/rows/3")
            return
        answer, expected = await client.get("/in/rows/3"), await other.get("/in/rows/3")
    assert (answer.status_code, answer.json(), answer.headers) == (
        expected.status_code,
        expected.json(),
        expected.headers,
    )


@pytest.mark.parametrize("url", ["/in/rows/x", "/in/rows/3?page=0", "/in/rows/3?page=two", "/in/rows", "/rows/3"])
async def test_refusals_are_fastapis_own_however_often(url: str, solved: Callable[[House], int]) -> None:
    house = House()
    async with house.client() as client, House(APIRoute).client() as other:
        await client.get("/in/rows/3")
        expected = await other.get(url)
        for _ in range(2):
            answer = await client.get(url)
            assert (answer.status_code, answer.text) == (expected.status_code, expected.text)


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD"])
async def test_only_a_get_is_cut_short(method: str) -> None:
    async with House().client() as client:
        await client.get("/in/rows/3")
        assert (await client.request(method, "/in/rows/3")).status_code == 405


async def test_what_a_test_overrides_is_overridden() -> None:
    house = House()
    async with house.client() as client:
        await client.get("/in/rows/3")
        house.app.dependency_overrides[house.who] = lambda: "stand-in"
        assert (await client.get("/in/rows/3")).text == "stand-in 3 1 none None"
        house.app.dependency_overrides.clear()
        assert (await client.get("/in/rows/3")).text == "nobody 3 1 none None"


async def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch, solved: Callable[[House], int]) -> None:
    monkeypatch.setattr(hot, "MAX_REMEMBERED", 5)
    house = House()
    async with house.client() as client:
        for row in range(12):
            await client.get(f"/in/rows/{row}")
        assert len(known_urls(house)) <= 5
        for _ in range(2):
            await client.get(f"/in/rows/3?word={'x' * hot.LONGEST_REMEMBERED}")
    assert solved(house) == 14


async def test_a_url_under_a_prefix_of_the_server_is_not_remembered() -> None:
    house = House()
    async with house.client(root_path="/api") as client:
        await client.get("/in/rows/3")
    assert known_urls(house) == []


def known_urls(house: House) -> list[tuple[str, str, bytes]]:
    """What the innermost middleware remembers."""
    layer: Any = house.app.middleware_stack
    while not isinstance(layer, ShortCut):
        layer = getattr(layer, "app", None)
    return list(layer._known)


def test_both_kinds_of_route_are_documented_alike() -> None:
    assert House().app.openapi() == House(APIRoute).app.openapi()


def in_a_thread(request: Request) -> str:
    return "sync"


async def generator(request: Request) -> AsyncIterator[int]:
    yield 1


async def paging(page: int) -> int:
    return page


async def with_generator(got: Annotated[int, Depends(generator)]) -> None: ...
async def with_thread(got: Annotated[str, Depends(in_a_thread)]) -> None: ...
async def with_parameter(got: Annotated[int, Depends(paging)]) -> None: ...
async def with_body(got: Annotated[int, Body()]) -> None: ...
async def with_cookie(got: Annotated[str, Cookie()]) -> None: ...
async def with_response(response: Response) -> None: ...
async def with_tasks(tasks: BackgroundTasks) -> None: ...
async def with_number(got: Annotated[int | None, Header()] = None) -> None: ...
async def with_pattern(got: Annotated[str | None, Header(max_length=3)] = None) -> None: ...


@pytest.mark.parametrize(
    "endpoint",
    [in_a_thread, with_generator, with_thread, with_parameter, with_body, with_cookie, with_response, with_tasks],
)
def test_what_cannot_be_cut_short_is_refused_where_it_is_declared(endpoint: Callable[..., Any]) -> None:
    with pytest.raises(TypeError, match="HotRoute|ordinary route"):
        APIRouter(route_class=HotRoute).get("/")(endpoint)


@pytest.mark.parametrize("endpoint", [with_number, with_pattern])
def test_a_header_in_which_something_is_checked_is_refused(endpoint: Callable[..., Any]) -> None:
    with pytest.raises(TypeError, match="no header is validated"):
        APIRouter(route_class=HotRoute).get("/")(endpoint)

"""Contract §3, §3.1 and §7.3: what every answer carries, and what every request leaves behind."""

import json
import re
import time
from itertools import count
from uuid import uuid4

import httpx
import pytest

from tests.contract.promises import promise
from tests.people import Person
from tests.processes import Api

METHODS = ("get", "post", "put", "patch", "delete", "head", "options")
DURATION = re.compile(r"\d+\.\d{2}ms")
EXAMPLES = {"{exercise_id}": "999999", "{username}": "nobody-of-that-name"}
# What the document's operations do not bring about by themselves: (status, method, path, headers, body).
OTHER_ANSWERS = [
    (404, "GET", "/nowhere", {}, ""),
    (405, "PUT", "/exercises", {}, ""),
    (400, "GET", "/exercises?sort_by=volume", {}, ""),
    (304, "GET", "/exercises", {"If-None-Match": "*"}, ""),
    (200, "HEAD", "/exercises", {}, ""),
    (200, "GET", "/exercises?format=csv", {}, ""),
    (200, "GET", "/exercises/export", {}, ""),
    (200, "GET", "/docs", {}, ""),
    (200, "GET", "/openapi.json", {}, ""),
    (200, "GET", "/docs/assets/swagger-ui.css", {}, ""),
    (404, "GET", "/docs/assets/nothing", {}, ""),
    (413, "POST", "/exercises", {"Content-Type": "application/json"}, "x" * 1_100_000),
    (415, "POST", "/exercises", {"Content-Type": "text/plain"}, "a squat"),
    (422, "POST", "/exercises", {"Content-Type": "application/json"}, "{"),
    (431, "GET", "/exercises", {"X-Padding": "x" * 17_000}, ""),
]


def requests_of(client: httpx.Client) -> list[tuple[str, str]]:
    """(method, path) of every operation in the OpenAPI document, on things that are not there."""
    found = []
    for path, operations in client.get("/openapi.json").json()["paths"].items():
        for name, value in EXAMPLES.items():
            path = path.replace(name, value)
        found += [(method.upper(), path) for method in METHODS if method in operations]
    return found


def check(answer: httpx.Response, request_id: str | None) -> None:
    """Is there an id, the one that was sent if one was, and a duration?"""
    where = f"{answer.request.method} {answer.request.url.path} {answer.status_code}"
    assert answer.headers.get_list("x-request-id") == [request_id or answer.headers.get("x-request-id")], where
    assert request_id or re.fullmatch(r"[0-9a-f]{8}", answer.headers["x-request-id"]), where
    assert DURATION.fullmatch(answer.headers["x-response-time"]), where


@promise("3.1-request-id-echo", "3.1-request-id-made", "3.1-response-time", "7.3-made")
def test_every_operation_answers_with_an_id_and_a_duration(client: httpx.Client, admin: Person) -> None:
    operations = requests_of(client)
    assert len(operations) >= 20
    for number, (method, path) in zip(count(), operations, strict=False):
        for headers in ({}, admin.headers):
            if (headers, path) != (admin.headers, "/auth/logout"):  # the session is for all tests
                check(client.request(method, path, headers=headers), None)
                trace_id = f"trace-{number}"
                check(client.request(method, path, headers=headers | {"X-Trace-Id": trace_id}), trace_id)


@promise("3.1-request-id-echo", "3.1-request-id-made", "3.1-response-time")
@pytest.mark.parametrize("answer", OTHER_ANSWERS, ids=lambda answer: f"{answer[0]} {answer[1]} {answer[2][:40]}")
def test_every_kind_of_answer_has_an_id_and_a_duration(
    client: httpx.Client, answer: tuple[int, str, str, dict[str, str], str]
) -> None:
    status, method, path, headers, body = answer
    for trace_id in (None, "ui-react"):
        sent = headers | ({"X-Trace-Id": trace_id} if trace_id else {})
        got = client.request(method, path, headers=sent, content=body)
        assert got.status_code == status, got.text
        check(got, trace_id)


@promise("3.1-request-id-made")
def test_an_id_that_was_made_is_new_each_time(client: httpx.Client) -> None:
    assert len({client.get("/health").headers["x-request-id"] for _ in range(20)}) == 20


@promise("3.1-request-id-echo", "7.3-read")
@pytest.mark.parametrize("trace_id", ["ui-react", "0af7651916cd43dd8448eb211c80319c", "a/b:c,d=e@f#g~h+i.j", "x" * 128])
def test_an_incoming_trace_id_comes_back(client: httpx.Client, trace_id: str) -> None:
    assert client.get("/", headers={"X-Trace-Id": trace_id}).headers["x-request-id"] == trace_id


@promise("3.1-request-id-echo")
@pytest.mark.parametrize("trace_id", [b"", b"two words", b"x" * 129, b'{"a": 1}', b"\xff\xfe", b"tab\there"])
def test_a_trace_id_that_could_do_harm_is_replaced(client: httpx.Client, trace_id: bytes) -> None:
    check(client.get("/", headers=[(b"X-Trace-Id", trace_id)]), None)


@promise("7.3-logged")
def test_each_request_leaves_a_line_with_its_id_and_its_duration(client: httpx.Client, api: Api) -> None:
    sent = {f"logged-{uuid4().hex}": path for path in ("/health", "/exercises", "/nowhere", "/auth/me")}
    statuses = {trace: client.get(path, headers={"X-Trace-Id": trace}).status_code for trace, path in sent.items()}
    deadline = time.monotonic() + 5
    while any(trace not in api.output() for trace in sent) and time.monotonic() < deadline:
        time.sleep(0.05)
    lines = [json.loads(line) for line in api.output().splitlines() if "logged-" in line]
    logged = {line["request_id"]: line for line in lines if line["logger"] == "access"}
    for trace, path in sent.items():
        line = logged[trace]
        assert (line["message"], line["status"]) == (f"GET {path} {statuses[trace]}", statuses[trace])
        assert line["duration_ms"] > 0


@promise("3-openapi")
def test_the_openapi_document_lists_what_is_served(client: httpx.Client) -> None:
    answer = client.get("/openapi.json")
    assert answer.status_code == 200
    assert answer.json()["openapi"].startswith("3.")
    contract = {
        "/": {"get"},
        "/health": {"get"},
        "/exercises": {"get", "post"},
        "/exercises/{exercise_id}": {"get", "patch", "delete"},
        "/auth/login": {"post"},
        "/auth/me": {"get"},
        "/admin/users": {"get"},
        "/admin/exercises/{exercise_id}": {"delete"},
    }
    paths = answer.json()["paths"]
    assert {path: methods - set(paths.get(path, ())) for path, methods in contract.items()} == dict.fromkeys(
        contract, set()
    )


@promise("3-docs")
def test_the_docs_are_a_page_with_all_that_it_needs(client: httpx.Client) -> None:
    page = client.get("/docs")
    assert page.status_code == 200
    assert page.headers["content-type"].startswith("text/html")
    assert "/openapi.json" in page.text
    needed = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    assert len(needed) >= 2
    assert {path: client.get(path).status_code for path in needed} == dict.fromkeys(needed, 200)

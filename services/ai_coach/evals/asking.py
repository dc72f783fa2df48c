"""Asking a coach over HTTP, as the frontend does."""

import json
from collections.abc import Mapping
from types import TracebackType
from typing import Any, NamedTuple, Self

import httpx

from services.ai_coach.evals.checks import Answer, strings

TIMEOUT_SECONDS = 90.0  # beyond the coach's own deadline


class Reply(NamedTuple):
    """What came back: its status, the answer, and every text that somebody saw."""

    status: int
    answer: Answer
    texts: list[str]


class Asker:
    """Asks one coach on behalf of whoever a case is about."""

    def __init__(self, url: str, headers: Mapping[str, dict[str, str]]) -> None:
        self._client = httpx.AsyncClient(base_url=url, timeout=TIMEOUT_SECONDS)
        self._headers = headers

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._client.aclose()

    async def ask(self, task: str, owner: str, body: Mapping[str, Any] | None = None) -> Reply:
        """`chat`, `stream`, `recommend` or `analyze`."""
        headers = self._headers[owner]
        if task == "analyze":
            return _read(await self._client.get("/analyze", headers=headers))
        path = "/chat/stream" if task == "stream" else f"/{task}"
        response = await self._client.post(path, json=body, headers=headers)
        return _read_events(response) if task == "stream" else _read(response)

    async def tokens(self) -> dict[str, int]:
        """What the coach's model has used so far, by direction."""
        used: dict[str, int] = {}
        for line in (await self._client.get("/metrics")).text.splitlines():
            if line.startswith("coach_llm_tokens_total{"):
                direction = line.split('direction="', 1)[1].split('"', 1)[0]
                used[direction] = used.get(direction, 0) + int(float(line.rsplit(" ", 1)[1]))
        return used

    async def answering(self) -> str:
        """Which model answers at the moment."""
        return str((await self._client.get("/health")).json()["ai_model"])


def _read(response: httpx.Response) -> Reply:
    answer = response.json()
    return Reply(response.status_code, answer, list(strings(answer)))


def _read_events(response: httpx.Response) -> Reply:
    """The last event's answer; all that was shown before it counts as seen."""
    if response.status_code != httpx.codes.OK:
        return _read(response)
    shown, answer = "", {}
    for block in response.text.replace("\r\n", "\n").split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.splitlines() if ": " in line and not line.startswith(":"))
        data = json.loads(fields.get("data", "{}"))
        if fields.get("event") == "delta":
            shown += data["text"]
        elif fields.get("event") == "done":
            answer = data
    return Reply(response.status_code, answer, [shown, *strings(answer)])

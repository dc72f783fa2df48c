"""The AI Coach, asked in the name of the worker's service account."""

from collections.abc import Mapping
from typing import Any

import httpx
from pydantic import BaseModel, ConfigDict, ValidationError

from tracker_client import OwnToken, Refused, Transport, Unreachable


class Recommended(BaseModel):
    """The part of an answer that tells who gave it."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    source: str


class CoachClient:
    """Without a token of its own it asks like anybody: less often."""

    def __init__(self, transport: Transport, own: OwnToken | None) -> None:
        self._transport = transport
        self._own = own

    async def recommend(self, question: Mapping[str, Any]) -> Recommended:
        """An answer. What may pass is tried again. Raises Unreachable, Refused."""
        response = await self._transport.persist(lambda: self._try(question))
        try:
            return Recommended.model_validate_json(response.content)
        except ValidationError:
            raise Unreachable("/recommend: what answers there is no AI Coach") from None

    async def _try(self, question: Mapping[str, Any]) -> httpx.Response:
        """One try, in which a token that is refused is renewed, once."""
        if self._own is None:
            return await self._ask(question, None)
        own = await self._own.get()
        try:
            return await self._ask(question, own)
        except Refused as refused:
            if refused.status != httpx.codes.UNAUTHORIZED:
                raise
        self._own.drop(own)
        return await self._ask(question, await self._own.get())

    async def _ask(self, question: Mapping[str, Any], token: str | None) -> httpx.Response:
        return await self._transport.ask("POST", "/recommend", token=token, json=question)

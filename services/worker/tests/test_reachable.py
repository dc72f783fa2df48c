"""A run that has just begun asks Redis for a while before it gives up."""

import asyncio
from time import monotonic
from urllib.parse import urlsplit

import pytest

from devstack.ports import free_port
from devstack.valkey import Valkey
from services.worker.tests.conftest import Open
from worker.resources import reachable

pytestmark = pytest.mark.anyio


async def pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Pass on what comes, until it ends."""
    try:
        while piece := await reader.read(65536):
            writer.write(piece)
            await writer.drain()
    finally:
        writer.close()


async def test_it_is_there_at_once(open_with: Open) -> None:
    async with open_with() as resources:
        assert await reachable(resources, 0)


async def test_it_comes_later(open_with: Open, own_valkey: Valkey) -> None:
    port, target = free_port(), urlsplit(own_valkey.url)

    async def pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        back, forth = await asyncio.open_connection(target.hostname, target.port)
        await asyncio.gather(pipe(reader, forth), pipe(back, writer))

    async with open_with(redis_url=f"redis://127.0.0.1:{port}") as resources:
        asking = asyncio.create_task(reachable(resources, 60))
        done, _ = await asyncio.wait((asking,), timeout=0.3)
        assert not done
        async with await asyncio.start_server(pass_on, "127.0.0.1", port):
            assert await asking
            await resources.queue.aclose()


async def test_it_never_comes(open_with: Open) -> None:
    async with open_with(redis_url=f"redis://127.0.0.1:{free_port()}") as resources:
        begin = monotonic()
        assert not await reachable(resources, 0.3)
        assert monotonic() - begin >= 0.3

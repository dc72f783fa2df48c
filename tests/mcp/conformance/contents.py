"""What the suite asks for by name and the product has no use for: kinds of content, resources and prompts."""

import base64
import json
from typing import Any

import anyio
import mcp_types as types
from fastmcp import Context, FastMCP
from fastmcp.exceptions import ToolError
from fastmcp.prompts import Message, PromptResult
from fastmcp.resources import ResourceContent, ResourceResult
from fastmcp.tools.base import ToolResult

PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg=="  # red
SILENCE = base64.b64encode(
    b"RIFF\x24\x00\x00\x00WAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00\x40\x1f\x00\x00\x40\x1f\x00\x00\x01\x00\x08\x00data"
    b"\x00\x00\x00\x00"
).decode()


def text(words: str) -> types.TextContent:
    return types.TextContent(type="text", text=words)


def image() -> types.ImageContent:
    return types.ImageContent(type="image", data=PIXEL, mime_type="image/png")


def embedded(uri: str, words: str, mime_type: str = "text/plain") -> types.EmbeddedResource:
    contents = types.TextResourceContents(uri=uri, mime_type=mime_type, text=words)
    return types.EmbeddedResource(type="resource", resource=contents)


def add_tools(server: FastMCP[Any]) -> None:
    """Tools with every kind of content."""
    mixed = embedded("test://mixed-content-resource", json.dumps({"test": "data", "value": 123}), "application/json")
    audio = types.AudioContent(type="audio", data=SILENCE, mime_type="audio/wav")
    contents: dict[str, list[Any]] = {
        "test_simple_text": [text("This is a simple text response for testing.")],
        "test_image_content": [image()],
        "test_audio_content": [audio],
        "test_embedded_resource": [embedded("test://embedded-resource", "This is an embedded resource content.")],
        "test_multiple_content_types": [text("Multiple content types test:"), image(), mixed],
    }
    for name, content in contents.items():
        server.tool(_returning(content), name=name)

    @server.tool
    async def test_error_handling() -> str:
        """Fails."""
        raise ToolError("This tool intentionally returns an error for testing")

    @server.tool
    async def test_tool_with_logging(ctx: Context) -> str:
        """Logs three times."""
        for words in ("Tool execution started", "Tool processing data", "Tool execution completed"):
            await ctx.info(words)
            await anyio.sleep(0.05)
        return "done"

    @server.tool
    async def test_tool_with_progress(ctx: Context) -> str:
        """Reports progress three times."""
        for progress in (0, 50, 100):
            await ctx.report_progress(progress, 100)
            await anyio.sleep(0.05)
        return "done"


def _returning(content: list[Any]) -> Any:
    async def tool() -> ToolResult:
        return ToolResult(content=content)

    tool.__doc__ = "Returns the content that the suite expects."
    return tool


def add_resources(server: FastMCP[Any]) -> None:
    """A text, an image and a template."""

    @server.resource("test://static-text", mime_type="text/plain")
    async def static_text() -> str:
        """A text."""
        return "This is the content of the static text resource."

    @server.resource("test://static-binary", mime_type="image/png")
    async def static_binary() -> ResourceResult:
        """An image."""
        return ResourceResult([ResourceContent(base64.b64decode(PIXEL), mime_type="image/png")])

    @server.resource("test://template/{id}/data", mime_type="application/json")
    async def template(id: str) -> str:
        """A template."""
        return json.dumps({"id": id, "templateTest": True, "data": f"Data for ID: {id}"})

    @server.resource("test://watched-resource", mime_type="text/plain")
    async def watched() -> str:
        """Something to subscribe to."""
        return "watched"


def add_prompts(server: FastMCP[Any]) -> None:
    """Prompts with arguments and with every kind of content."""

    @server.prompt
    async def test_simple_prompt() -> str:
        """Simple."""
        return "This is a simple prompt for testing."

    @server.prompt
    async def test_prompt_with_arguments(arg1: str, arg2: str) -> str:
        """With arguments."""
        return f"Prompt with arguments: arg1='{arg1}', arg2='{arg2}'"

    @server.prompt
    async def test_prompt_with_embedded_resource(resourceUri: str) -> PromptResult:
        """With a resource."""
        resource = embedded(resourceUri, "Embedded resource content for testing.")
        return PromptResult([Message(resource), Message("Please process the embedded resource above.")])

    @server.prompt
    async def test_prompt_with_image() -> PromptResult:
        """With an image."""
        return PromptResult([Message(image()), Message("Please analyze the image above.")])

    @server.completion
    async def complete(ref: Any, argument: Any, context: Any) -> list[str]:
        return [word for word in ("paris", "park", "party") if word.startswith(argument.value)]

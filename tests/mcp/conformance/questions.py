"""Tools that ask the client something: over a session in the era of 2025, by a further round in that of 2026."""

from typing import Any

import mcp_types as types
from fastmcp import Context, FastMCP
from mcp import MCPError

Ask = types.InputRequiredResult
NAME = {"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]}
USER = {
    "type": "object",
    "properties": {
        "username": {"type": "string", "description": "User's response"},
        "email": {"type": "string", "description": "User's email address"},
    },
    "required": ["username", "email"],
}
STATUS = {"type": "string", "enum": ["active", "inactive", "pending"], "default": "active"}
DEFAULTS = {
    "type": "object",
    "properties": {
        "name": {"type": "string", "default": "John Doe"},
        "age": {"type": "integer", "default": 30},
        "score": {"type": "number", "default": 95.5},
        "status": STATUS,
        "verified": {"type": "boolean", "default": True},
    },
}
ONE, TWO, THREE = ["option1", "option2", "option3"], ["value1", "value2", "value3"], ["opt1", "opt2", "opt3"]
TITLES = [{"const": value, "title": f"Option {value}"} for value in TWO]
ENUMS = {
    "type": "object",
    "properties": {
        "untitledSingle": {"type": "string", "enum": ONE},
        "titledSingle": {"type": "string", "oneOf": TITLES},
        "legacyEnum": {"type": "string", "enum": THREE, "enumNames": ["Option One", "Option Two", "Option Three"]},
        "untitledMulti": {"type": "array", "items": {"type": "string", "enum": ONE}},
        "titledMulti": {"type": "array", "items": {"anyOf": TITLES}},
    },
}


def elicit(message: str, schema: dict[str, Any]) -> types.ElicitRequest:
    return types.ElicitRequest(params=types.ElicitRequestFormParams(message=message, requested_schema=schema))


def field(name: str, kind: str = "string") -> dict[str, Any]:
    return {"type": "object", "properties": {name: {"type": kind}}, "required": [name]}


def sample(words: str, max_tokens: int) -> types.CreateMessageRequest:
    message = types.SamplingMessage(role="user", content=types.TextContent(type="text", text=words))
    return types.CreateMessageRequest(
        params=types.CreateMessageRequestParams(messages=[message], max_tokens=max_tokens)
    )


def answered(ctx: Context, *keys: str) -> dict[str, Any] | None:
    """The responses, if all that were asked for are there and accepted."""
    found = ctx.input_responses or {}
    if any(key not in found or getattr(found[key], "action", "accept") != "accept" for key in keys):
        return None
    return {key: found[key] for key in keys}


def add_over_sessions(server: FastMCP[Any]) -> None:
    """What servers of 2025 ask while a call runs."""

    @server.tool
    async def test_sampling(prompt: str, ctx: Context) -> str:
        """Asks the client's model."""
        message = types.SamplingMessage(role="user", content=types.TextContent(type="text", text=prompt))
        answer = await ctx.session.create_message([message], max_tokens=100, related_request_id=ctx.request_id)
        return f"LLM response: {getattr(answer.content, 'text', '')}"

    @server.tool
    async def test_elicitation(message: str, ctx: Context) -> str:
        """Asks the user."""
        return f"User response: {await _form(ctx, message, USER)}"

    @server.tool
    async def test_elicitation_sep1034_defaults(ctx: Context) -> str:
        """Asks with defaults."""
        return f"Elicitation completed: {await _form(ctx, 'Defaults', DEFAULTS)}"

    @server.tool
    async def test_elicitation_sep1330_enums(ctx: Context) -> str:
        """Asks with choices."""
        return f"Elicitation completed: {await _form(ctx, 'Choices', ENUMS)}"


async def _form(ctx: Context, message: str, schema: dict[str, Any]) -> str:
    answer = await ctx.session.elicit_form(message, schema, related_request_id=ctx.request_id)
    return f"action={answer.action}, content={answer.content}"


def add_in_rounds(server: FastMCP[Any]) -> None:
    """What servers of 2026 answer instead, until they know enough."""
    _add_single_rounds(server)
    _add_rounds_with_state(server)

    @server.prompt
    async def test_input_required_result_prompt(ctx: Context) -> Any:
        """Asks before it is written."""
        if answered(ctx, "user_context") is None:
            request = elicit("What context should the prompt use?", field("context"))
            return Ask(input_requests={"user_context": request})
        return "A prompt with the context that was asked for."

    @server.tool
    async def test_missing_capability(ctx: Context) -> str:
        """Needs what the client must have declared."""
        needed = types.ClientCapabilities(sampling=types.SamplingCapability())
        if not ctx.session.check_client_capability(needed):
            data: dict[str, Any] = {"requiredCapabilities": {"sampling": {}}}
            raise MCPError(types.MISSING_REQUIRED_CLIENT_CAPABILITY, "The client does not declare sampling", data)
        return "ok"


def _add_single_rounds(server: FastMCP[Any]) -> None:
    requests: dict[str, tuple[str, types.InputRequest]] = {
        "elicitation": ("user_name", elicit("What is your name?", NAME)),
        "sampling": ("capital_question", sample("What is the capital of France?", 100)),
        "list_roots": ("client_roots", types.ListRootsRequest()),
    }
    for name, (key, request) in requests.items():
        server.tool(_asking(key, request), name=f"test_input_required_result_{name}")

    @server.tool
    async def test_input_required_result_capabilities(ctx: Context) -> Any:
        """Asks only what the client can answer."""
        if ctx.input_responses:
            return "done"
        can_sample = ctx.session.check_client_capability(types.ClientCapabilities(sampling=types.SamplingCapability()))
        asked: types.InputRequests = {"question": sample("Anything?", 50)} if can_sample else {}
        can_elicit = ctx.session.check_client_capability(
            types.ClientCapabilities(elicitation=types.ElicitationCapability())
        )
        if can_elicit:
            asked["user_name"] = elicit("What is your name?", NAME)
        return Ask(input_requests=asked) if asked else "nothing can be asked"


def _asking(key: str, request: types.InputRequest) -> Any:
    async def tool(ctx: Context) -> Any:
        responses = answered(ctx, key)
        if responses is None:
            return Ask(input_requests={key: request})
        name = (getattr(responses[key], "content", None) or {}) if key == "user_name" else responses[key]
        return f"Hello, {name['name'] if isinstance(name, dict) and 'name' in name else name}!"

    tool.__doc__ = "Asks once."
    return tool


def _add_rounds_with_state(server: FastMCP[Any]) -> None:
    confirm = elicit("Please confirm", field("ok", "boolean"))
    several: types.InputRequests = {
        "user_name": elicit("What is your name?", NAME),
        "greeting": sample("Generate a greeting", 50),
        "client_roots": types.ListRootsRequest(),
    }
    for name, asked in (("request_state", {"confirm": confirm}), ("multiple_inputs", several)):
        server.tool(_with_state(asked), name=f"test_input_required_result_{name}")
    server.tool(_with_state({"confirm": confirm}), name="test_input_required_result_tampered_state")

    @server.tool
    async def test_input_required_result_multi_round(ctx: Context) -> Any:
        """Asks twice."""
        if ctx.request_state == "2" and answered(ctx, "step2"):
            return "done"
        if ctx.request_state == "1" and answered(ctx, "step1"):
            request = elicit("Step 2: What is your favorite color?", field("color"))
            return Ask(input_requests={"step2": request}, request_state="2")
        return Ask(input_requests={"step1": elicit("Step 1: What is your name?", NAME)}, request_state="1")


def _with_state(asked: Any) -> Any:
    async def tool(ctx: Context) -> Any:
        if ctx.request_state == "asked" and answered(ctx, *asked) is not None:
            return "state-ok"
        return Ask(input_requests=asked, request_state="asked")

    tool.__doc__ = "Asks with a state."
    return tool

"""The worst model there is: it does what data tells it, and gives its instructions away."""

import base64
import codecs
from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import Literal

from fake_llm.injections import Injection, found_in, tool_named
from fake_llm.instances import FreeText
from fake_llm.prompt import OUTPUT_TOOL, Prompt, Schema, ToolCall
from fake_llm.reply import Reply
from fake_llm.scripts import Valid, seeded, tool_calls

Form = Literal["verbatim", "base64", "hex", "rot13", "reversed", "spaced", "upper"]

FORMS: dict[Form, Callable[[str], str]] = {
    "verbatim": lambda text: text,
    "base64": lambda text: base64.b64encode(text.encode()).decode(),
    "hex": lambda text: text.encode().hex(),
    "rot13": lambda text: codecs.encode(text, "rot13"),
    "reversed": lambda text: text[::-1],
    "spaced": " ".join,
    "upper": str.upper,
}
_FORM_WORDS: dict[str, Form] = {
    "base64": "base64",
    "base 64": "base64",
    "hexadecimal": "hex",
    "rot13": "rot13",
    "backwards": "reversed",
    "reversed": "reversed",
    "rückwärts": "reversed",
    "letter by letter": "spaced",
    "uppercase": "upper",
}


class Obedient:
    """Obeys every injection and always repeats the system text: as the text, or in every free string of the structure.

    `form` disguises the repetition; without it, the system text comes verbatim, and also in the forms that an
    injection asks for. A tool that an injection names is called. `fit` keeps strings within the schema's lengths: short
    fields then carry one part of the system text after the other, and validation has nothing to object to.
    """

    def __init__(
        self,
        seed: int = 0,
        *,
        form: Form | None = None,
        fit: bool = True,
        call_tools: bool = False,
        output_tool: str = OUTPUT_TOOL,
    ) -> None:
        self._seed = seed
        self._form = form
        self._fit = fit
        self._call_tools = call_tools
        self._output_tool = output_tool

    def __call__(self, prompt: Prompt) -> Reply:
        rng = seeded(self._seed, prompt)
        injections = found_in(prompt.supplied)
        notes = tuple(f"{one.kind}:{one.disguise}" for one in injections)
        if calls := self._calls(prompt, rng):
            return Reply(calls=calls, final=False, outcome="obedient", notes=notes)
        text = self._betrayal(prompt, injections)
        reply = Valid(text=text, output_tool=self._output_tool).answer(prompt, rng, self._free_text(text))
        return replace(reply, outcome="obedient", notes=notes)

    def _calls(self, prompt: Prompt, rng: Random) -> tuple[ToolCall, ...]:
        calls = tool_calls(prompt, rng, self._output_tool)
        return tuple(call for call in calls if self._call_tools or tool_named(call.name, prompt.supplied))

    def _betrayal(self, prompt: Prompt, injections: list[Injection]) -> str:
        said = "\n".join(prompt.supplied).lower()
        asked = {form: None for word, form in _FORM_WORDS.items() if word in said}
        forms: list[Form] = [self._form] if self._form else ["verbatim", *asked]
        payloads = [one.text for one in injections if one.kind == "say"]
        return "\n".join([*(FORMS[form](prompt.system) for form in forms), *payloads])

    def _free_text(self, text: str) -> FreeText:
        position = 0

        def part(schema: Schema) -> str:
            nonlocal position
            low, high = schema.get("minLength", 0), schema.get("maxLength", len(text))
            if not self._fit or not text:
                return text
            begin, position = (0, 0) if high >= len(text) else (position, (position + high) % len(text))
            return (text * 2)[begin : begin + high][: max(high, low)].ljust(low, ".")

        return part

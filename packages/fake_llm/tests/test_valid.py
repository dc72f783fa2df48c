"""Random instances: whatever pydantic's schemas ask for, the instances satisfy."""

from collections.abc import Callable
from datetime import date, datetime
from enum import StrEnum
from random import Random
from typing import Annotated, Any, Literal
from uuid import UUID

import pytest
from pydantic import BaseModel, Field, RootModel, TypeAdapter
from pydantic_ai import Agent

from fake_llm import FakeProvider, Message, Mutated, Prompt, Tool, Valid
from fake_llm.instances import Instances
from fake_llm.schemas import CannotSatisfy, kinds

SEEDS = range(60)


class Kind(StrEnum):
    """An enumeration."""

    PUSH = "push"
    PULL = "pull"


class Node(BaseModel):
    """Contains itself."""

    name: str = Field(min_length=3, max_length=3)
    parent: "Node | None" = None
    children: list["Node"] = Field(max_length=3)


class Bench(BaseModel):
    """One side of a discriminated union."""

    type: Literal["bench"]
    kilos: float = Field(gt=0, lt=0.05)


class Run(BaseModel):
    """The other side."""

    type: Literal["run"]
    minutes: int = Field(gt=0, le=600, multiple_of=5)


class Everything(BaseModel):
    """Most of what a schema can say."""

    title: Annotated[str, Field(min_length=5, max_length=12)]
    kind: Kind
    level: Literal[1, 2, "high"]
    exactly: Literal["one"]
    sets: int = Field(ge=1, le=3)
    below: int = Field(lt=0)
    share: float = Field(ge=0, le=1)
    step: float = Field(ge=0, multiple_of=2.5)
    rest: int | None = None
    either: int | str | list[bool]
    flags: set[Kind] = Field(min_length=2)
    pair: tuple[int, str]
    by_day: dict[str, Bench]
    activities: list[Annotated[Bench | Run, Field(discriminator="type")]] = Field(min_length=2, max_length=4)
    day: date
    at: datetime
    key: UUID
    slug: str = Field(pattern=r"^[a-z]+(-[a-z]+)*$", max_length=20)
    code: str = Field(pattern=r"^X\d$", examples=["X1"])
    anything: Any


@pytest.mark.parametrize("kind", [Everything, Node, RootModel[list[Run]], list[int], Bench | Run, dict[str, int]])
def test_instances_are_valid(kind: Any) -> None:
    adapter = TypeAdapter(kind)
    schema = adapter.json_schema()
    for seed in SEEDS:
        adapter.validate_python(Instances(schema, Random(seed)).make())


def test_bounds_are_met_and_optional_fields_come_and_go() -> None:
    schema = TypeAdapter(Everything).json_schema()
    made = [Instances(schema, Random(seed)).make() for seed in SEEDS]
    assert {one["sets"] for one in made} == {1, 2, 3}
    assert {"rest" in one for one in made} == {True, False}
    assert {type(one["either"]) for one in made} == {int, str, list}


def test_the_same_request_gets_the_same_answer() -> None:
    schema = TypeAdapter(Everything).json_schema()

    def prompt(text: str) -> Prompt:
        return Prompt("anthropic", "m", "S", (Message("user", text),), (Tool("final_result", schema),), "any")

    assert Valid(1)(prompt("a")) == Valid(1)(prompt("a"))
    assert Valid(1)(prompt("a")) != Valid(2)(prompt("a"))
    assert Valid(1)(prompt("a")) != Valid(1)(prompt("b"))


def test_bounds_that_a_client_wrote_into_the_description() -> None:
    schema = {
        "type": "object",
        "properties": {
            "sets": {"type": "integer", "description": "How many\n\n{maximum: 4, minimum: 3}"},
            "name": {"type": "string", "description": "{maxLength: 6, minLength: 6}"},
            "code": {"type": "string", "description": "{pattern: ^[a-z]+$}"},
        },
        "required": ["sets", "name", "code"],
    }
    for seed in SEEDS:
        made = Instances(schema, Random(seed)).make()
        assert made["sets"] in (3, 4)
        assert len(made["name"]) == 6
        assert made["code"].isalpha()


def test_all_of_and_paths_with_slashes() -> None:
    schema = {
        "allOf": [{"$ref": "#/$defs/a~1b"}, {"properties": {"y": {"const": 2}}, "required": ["y"]}],
        "properties": {"z": {"type": ["integer", "null"], "maximum": -5}},
        "required": ["z"],
        "$defs": {"a/b": {"type": "object", "properties": {"x": {"const": 1}}, "required": ["x"]}},
    }
    for seed in SEEDS:
        made = Instances(schema, Random(seed)).make()
        assert (made["x"], made["y"]) == (1, 2)
        assert made["z"] is None or made["z"] <= -5


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({"enum": [1, "a", None]}, {"integer", "string", "null"}),
        ({"anyOf": [{"type": "number"}, {"$ref": "#/$defs/A"}]}, {"number", "integer", "array"}),
        ({"anyOf": [{"type": "number"}, {}]}, set()),
        (True, set()),
    ],
)
def test_types_that_a_schema_lets_through(schema: Any, expected: set[str]) -> None:
    assert kinds(schema, {"$defs": {"A": {"type": "array"}}}) == expected


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "string", "pattern": "^no candidate is like this$"},
        {"type": "integer", "minimum": 5, "maximum": 4},
        {"type": "array", "items": {"const": 1}, "minItems": 2, "uniqueItems": True},
        {"type": "thing"},
        {"$ref": "#/$defs/Missing"},
    ],
)
def test_what_cannot_be_made_is_refused(schema: dict[str, Any]) -> None:
    with pytest.raises(CannotSatisfy):
        Instances(schema, Random(1)).make()


@pytest.mark.parametrize("wanted", ["final_result_Bench", "final_result_Run"])
async def test_one_of_several_outputs(fake: FakeProvider, make_model: Callable[[str], Any], wanted: str) -> None:
    fake.script = Valid(3, output_tool=wanted)
    kinds: Any = [Bench, Run]
    result = await Agent[None, Any](make_model("openai-chat"), output_type=kinds).run("Go")
    assert type(result.output).__name__ in wanted


async def test_a_valid_answer_changed(fake: FakeProvider, make_model: Callable[[str], Any]) -> None:
    def longer(instance: dict[str, Any], prompt: Prompt) -> dict[str, Any]:
        return instance | {"minutes": 5 * len(prompt.supplied[0])}

    fake.script = Mutated(longer, outcome="too_long")
    result = await Agent(make_model("anthropic"), output_type=Run).run("x" * 11)
    assert result.output.minutes == 55
    assert fake.journal[0].outcome == "too_long"

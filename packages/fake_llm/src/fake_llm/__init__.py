"""A format fake of language-model providers: real wire protocols on loopback, scripted answers and faults."""

from fake_llm.compose import Delayed, InTurn, Outage, Paced, When
from fake_llm.journal import Entry
from fake_llm.obedient import Obedient
from fake_llm.prompt import Message, Prompt, Tool, ToolCall
from fake_llm.reply import Manner, Reply, Script, Usage, measure
from fake_llm.scripts import Call, Fixed, Mutated, Valid
from fake_llm.server import FakeProvider

__all__ = [
    "Call",
    "Delayed",
    "Entry",
    "FakeProvider",
    "Fixed",
    "InTurn",
    "Manner",
    "Message",
    "Mutated",
    "Obedient",
    "Outage",
    "Paced",
    "Prompt",
    "Reply",
    "Script",
    "Tool",
    "ToolCall",
    "Usage",
    "Valid",
    "When",
    "measure",
]

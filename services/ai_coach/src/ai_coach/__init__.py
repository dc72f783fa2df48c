"""The AI Coach: it owns the conversation."""

__version__ = "0.1.0"

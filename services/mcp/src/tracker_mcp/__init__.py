"""The MCP server: assistants read the routine through it, and write to it where that is allowed."""

__version__ = "0.1.0"

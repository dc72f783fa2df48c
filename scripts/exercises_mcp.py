"""The MCP server over stdio, for an assistant on this machine: `python scripts/exercises_mcp.py` (or `--http`).

Beside `make run` it needs no setting. See the README, "For AI assistants".
"""

from pathlib import Path

from tracker_mcp.__main__ import main

if __name__ == "__main__":
    # Assistants start programs anywhere; the data folder of `make run` is beside this one.
    main(data_dir=Path(__file__).resolve().parents[1] / ".data")

"""`workout-ai-coach serve`: the only place that reads the environment."""

import argparse
import os
import warnings

from ai_coach import __version__
from ai_coach.app import create_app
from ai_coach.settings import CoachSettings
from runtime import logs, traces
from runtime.server import serve
from runtime.settings import load


def main() -> None:
    """Run the command that the command line names."""
    parser = argparse.ArgumentParser(prog="workout-ai-coach", description="The AI Coach.")
    parser.add_argument("--version", action="version", version=__version__)
    parser.add_subparsers(dest="command", required=True).add_parser("serve", help="answer questions")
    parser.parse_args()

    # Some models take no temperature. AI_TEMPERATURE is then without effect, which is no news for each question.
    warnings.filterwarnings("ignore", "Sampling parameters", UserWarning)
    settings = load(CoachSettings)
    # The vendors' own clients look there. A key may have come from a file.
    for name, key in (("ANTHROPIC_API_KEY", settings.anthropic_key), ("OPENAI_API_KEY", settings.openai_key)):
        if key is not None:
            os.environ[name] = key.get_secret_value()  # noqa: TID251 - passed on, not read
    logs.configure("ai-coach", settings.log_format, settings.log_level)
    provider = traces.configure("workout-ai-coach", __version__, settings.otlp_endpoint)
    try:
        serve(create_app(settings), host=settings.host, port=settings.port, shutdown_seconds=settings.shutdown)
    finally:
        traces.finish(provider)


if __name__ == "__main__":
    main()

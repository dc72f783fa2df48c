"""`fake-llm --port 8099 --script '{"script": "valid"}'`: the fake as a process of its own."""

import argparse
import signal
import sys

import orjson

from fake_llm.server import FakeProvider
from fake_llm.specs import build


def main() -> None:
    """Serve until SIGTERM or SIGINT. The first line of the output is the address."""
    parser = argparse.ArgumentParser(prog="fake-llm", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="port of 127.0.0.1; a free one by default")
    parser.add_argument("--script", default='{"script": "valid"}', help="what POST /script takes")
    options = parser.parse_args()
    signals = {signal.SIGINT, signal.SIGTERM}
    signal.pthread_sigmask(signal.SIG_BLOCK, signals)  # before the thread starts, which inherits it
    with FakeProvider(build(orjson.loads(options.script)), options.port) as fake:
        sys.stdout.write(f"{fake.url}\n")
        sys.stdout.flush()
        signal.sigwait(signals)


if __name__ == "__main__":
    main()

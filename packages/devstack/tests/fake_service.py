"""A service for tests: `fake_service.py serve PORT_VARIABLE [BEHAVIOUR…]` or `fake_service.py prepare [BEHAVIOUR…]`.

Behaviours: `ignore-sigterm`, `child` (starts a process that ignores SIGTERM and outlives it if nobody ends it),
`exit=N`, `exit-late=N` (after it was ready), `never-ready`, `hang`, `flood` (of log lines).
"""

import http.server
import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

CHILD = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(60)"


def behave(behaviours: list[str]) -> None:
    if "ignore-sigterm" in behaviours:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if "child" in behaviours:
        subprocess.Popen([sys.executable, "-I", "-S", "-c", CHILD])
    if "hang" in behaviours:
        print("hanging", flush=True)
        time.sleep(60)
    for behaviour in behaviours:
        if behaviour.startswith("exit="):
            sys.exit(int(behaviour.removeprefix("exit=")))


def exit_late(behaviours: list[str]) -> None:
    for behaviour in behaviours:
        if behaviour.startswith("exit-late="):
            while not Path(os.environ["DATA_DIR"], "run.json").exists():
                time.sleep(0.01)
            os._exit(int(behaviour.removeprefix("exit-late=")))
    while "flood" in behaviours:
        sys.stdout.write("line after line\n" * 100)


def serve(variable: str, behaviours: list[str]) -> None:
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            """200 only for what it serves."""
            good = self.path in ("/readyz", "/environment") and "never-ready" not in behaviours
            self.send_response(200 if good else 503)
            self.end_headers()
            self.wfile.write(json.dumps(dict(os.environ)).encode())

        def log_message(self, *_: object) -> None:
            pass

    host = os.environ.get(variable.replace("PORT", "HOST")) or "127.0.0.1"
    server = http.server.ThreadingHTTPServer((host, int(os.environ[variable])), Handler)
    threading.Thread(target=exit_late, args=(behaviours,), daemon=True).start()
    print(f"serving on {host}", flush=True)
    print("grüße", end="", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    command, *arguments = sys.argv[1:]
    if command == "serve":
        behave(arguments[1:])
        serve(arguments[0], arguments[1:])
    else:
        print("preparing", flush=True)
        behave(arguments)
        with Path("prepared").open("a") as file:
            file.write(os.environ["DATABASE_URL"] + "\n")

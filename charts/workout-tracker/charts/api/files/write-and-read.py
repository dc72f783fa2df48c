"""Log in as the first admin, write an exercise, read it, delete it."""

import json
import os
from pathlib import Path
from urllib.request import Request, urlopen

URL = os.environ["URL"]


def call(method, path, body=None, token=None):
    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
    request = Request(URL + path, method=method, headers=headers, data=body and json.dumps(body).encode())
    with urlopen(request, timeout=10) as answer:
        text = answer.read()
        print(method, path, answer.status)
        return json.loads(text) if text else None


password = Path("/run/secrets/workout/API_ADMIN_PASSWORD").read_text().strip()
login = {"username": os.environ["ADMIN"], "password": password}
token = call("POST", "/auth/login", login)["access_token"]
exercise = {"name": "Helm Test Squat", "sets": 3, "reps": 5, "weight": 60, "workout_day": "A"}
made = call("POST", "/exercises", exercise, token)
read = call("GET", f"/exercises/{made['id']}", token=token)
call("DELETE", f"/exercises/{made['id']}", token=token)
assert read == made, (read, made)

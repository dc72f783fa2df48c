"""Log in as the coach's own account, and ask for a session; there is an answer whether there is a model or not."""

import json
import os
from pathlib import Path
from urllib.request import Request, urlopen


def post(url, body, token=None):
    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
    with urlopen(Request(url, data=json.dumps(body).encode(), headers=headers), timeout=60) as answer:
        print("POST", url, answer.status)
        return json.load(answer)


password = Path("/run/secrets/workout/AI_COACH_PASSWORD").read_text().strip()
login = post(os.environ["API_URL"] + "/auth/login", {"username": "ai-coach", "password": password})
question = {"focus_area": "chest", "equipment_available": ["dumbbells"], "session_duration_minutes": 30}
plan = post(os.environ["URL"] + "/recommend", question, login["access_token"])
print(json.dumps(plan, indent=1))
assert plan["source"] in ("llm", "rules", "cache"), plan

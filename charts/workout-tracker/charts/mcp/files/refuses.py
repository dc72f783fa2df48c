"""Without a personal token nobody gets in: the server answers, and asks for one."""

import os
from urllib.error import HTTPError
from urllib.request import Request, urlopen

try:
    urlopen(Request(os.environ["URL"] + "/mcp", data=b"{}", method="POST"), timeout=10)
except HTTPError as refusal:
    print(refusal.code, refusal.headers["WWW-Authenticate"])
    assert refusal.code == 401, refusal.code
else:
    raise SystemExit("it let somebody in without a token")

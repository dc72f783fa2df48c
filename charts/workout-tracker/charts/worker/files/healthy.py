"""Ask the worker how it is, and what it needs."""

import json
import os
from urllib.request import urlopen

with urlopen(os.environ["URL"] + "/health", timeout=10) as answer:
    health = json.load(answer)
print(health)
assert health["status"] == "healthy", health

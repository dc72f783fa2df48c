"""What people do in the app, in a real Chromium against real services. The stories are in services/frontend/stories.

They are told behind nginx where this machine has it, else behind what `make run` serves the app with; the names of the
tests say which. `PAGE_SERVER=vite` chooses.
"""

from pathlib import Path

import pytest

from fake_llm import FakeProvider, Fixed, Paced
from tests.browser.house import FRONTEND, Server, house, server_here, tell
from tests.databases import new_database

SERVER = server_here()
STORIES = sorted(path.name for path in (FRONTEND / "stories").glob("*.story.ts"))
PRIVATE = dict.fromkeys(("installed.story.ts", "leaving.story.ts", "private.story.ts"), {"API_ACCESS": "private"})
# In two parts: the first takes as long as several others, the second tells of a routine that nobody has touched.
LONG = dict.fromkeys(("axe.story.ts", "journey.story.ts"), ("desk", "phone"))
TOLD = [(story, size) for story in STORIES for size in LONG.get(story, ("every size",))]
SLOW_ANSWER = " ".join(f"Sentence {number} of a long answer about rest between sets." for number in range(60))


@pytest.mark.parametrize(("story", "size"), TOLD, ids=lambda part: part.split(".")[0].replace(" ", "-"))
@pytest.mark.parametrize("server", [SERVER], ids=lambda server: f"behind-{server}")
def test_the_story_is_as_told(server: Server, story: str, size: str, tmp_path: Path, postgres_url: str) -> None:
    chosen = ["--project", size] if story in LONG else []
    with (
        new_database(postgres_url) as database,
        FakeProvider(Paced(0.05, Fixed(SLOW_ANSWER))) as slow,
        house(
            tmp_path, database, server, slow if story == "stream.story.ts" else None, PRIVATE.get(story, {})
        ) as addresses,
    ):
        tell(story, *chosen, **addresses, STORY_OUTPUT=str(tmp_path / "results"))


def test_there_are_stories() -> None:
    assert len(STORIES) > 5

"""The figures as a picture: requests a second as bars, in groups of what was asked for."""

from html import escape

from tests.load.bench.rounds import Round

COLOURS = {"limit": "#9ca3af", "naive": "#d97706", "tutorial": "#b91c1c", "ours": "#2563eb"}
LABELS = {
    "limit": "LIMIT: bare asyncpg",
    "naive": "NAIVE: bare, count(*)",
    "tutorial": "TUTORIAL: FastAPI as tutorials write it",
    "ours": "Workout API, everything on",
}
GROUPS = {"list": "a page of 20", "unchanged": "304", "limited": "429", "one": "by id", "add": "POST"}
LEFT, WIDTH, BAR, GAP = 96, 520, 20, 14


def draw(medians: Round, rounds: int) -> str:
    """An SVG; it needs neither scripts nor fonts."""
    most = max(one.rate for one in medians.values())
    heading = f"Requests a second of four servers, each on one core: medians of {rounds} rounds"
    parts, y = [f"<title>{heading}</title>", f'<text x="{LEFT}" y="16">{heading}</text>'], 42
    for server, label in LABELS.items():
        parts.append(f'<rect x="{LEFT}" y="{y - 10}" width="12" height="12" fill="{COLOURS[server]}"/>')
        parts.append(f'<text x="{LEFT + 18}" y="{y}">{escape(label)}</text>')
        y += 18
    for kind, title in GROUPS.items():
        y += GAP
        parts.append(f'<text x="{LEFT - 8}" y="{y + 14}" text-anchor="end">{escape(title)}</text>')
        for server, colour in COLOURS.items():
            if one := medians.get((server, kind)):
                length = max(1.0, one.rate / most * WIDTH)
                parts.append(f'<rect x="{LEFT}" y="{y}" width="{length:.0f}" height="{BAR - 2}" fill="{colour}"/>')
                parts.append(f'<text x="{LEFT + length + 6:.0f}" y="{y + 14}">{one.rate:,.0f}/s</text>')
                y += BAR
    size = f'width="{LEFT + WIDTH + 90}" height="{y + 10}"'
    style = "text { font: 13px sans-serif; fill: #6b7280 }"
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}><style>{style}</style>{"".join(parts)}</svg>\n'

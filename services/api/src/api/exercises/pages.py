"""A page's other parts: its entity tag, its links, and the same rows as CSV."""

import csv
from collections.abc import Iterable, Mapping
from functools import lru_cache
from hashlib import sha256
from io import StringIO
from typing import Any
from urllib.parse import urlencode

from api.exercises.schemas import COLUMNS, PageQuery

CSV = {"Content-Disposition": 'attachment; filename="exercises.csv"'}
# OWASP, "CSV Injection": a spreadsheet would run such a cell. The last four are the first four in full width.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b", "\uff0d", "\uff20")


@lru_cache
def etag(routine: int | None, version: int, query: PageQuery) -> str:
    """A weak tag, alike on every replica: the routine's version stands for the rows, so that no row need be read."""
    return f'W/"{sha256(f"{routine}.{version}.{query!r}".encode()).hexdigest()}"'


def links(query: PageQuery, total: int) -> str:
    """`Link` (RFC 8288) to the neighbouring pages. A target that is only a query holds behind any proxy's path."""
    return _links(query, frozenset(query.model_fields_set), total)


@lru_cache
def _links(query: PageQuery, given: frozenset[str], total: int) -> str:
    last = max(1, -(-total // query.page_size))
    pages = {"first": 1, "prev": query.page - 1, "next": query.page + 1, "last": last}
    kept = query.model_dump(include=set(given))
    return ", ".join(
        f'<?{urlencode(kept | {"page": number, "page_size": query.page_size})}>; rel="{relation}"'
        for relation, number in pages.items()
        if 1 <= number <= last
    )


def to_csv(rows: Iterable[Mapping[str, Any]], *, header: bool = True) -> str:
    """RFC 4180, with cells that a spreadsheet would take for a formula behind an apostrophe."""
    out = StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    if header:
        writer.writerow(COLUMNS)
    writer.writerows([_cell(row[column]) for column in COLUMNS] for row in rows)
    return out.getvalue()


def _cell(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value

"""Reading a list of Act! to its end, a page after the other."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Protocol

from clients.agent.act.line import AT_ONCE, Query
from clients.agent.act.records import Row
from clients.agent.act.refusals import unreadable

SIZE = 200
"""Rows a page, far below the cap of 5,000 that was seen live."""

_CAP = 5000
_STALE = 3
"""So many pages in a row without a record that those before them had not: where `$skip` is ignored
and equal values come in any order, each page is another one, and none is the last."""


class Reads(Protocol):
    """What pages need of a Line."""

    def rows(self, path: str, query: Query | None = None) -> list[Row]: ...


def pages(
    line: Reads,
    path: str,
    *,
    filter: str | None = None,
    orderby: str | None = None,
    select: str | None = None,
    size: int = SIZE,
    extra: Query | None = None,
) -> Iterator[list[Row]]:
    """The pages of a list up to the empty one: a short page is no end, for Act! may cap it.

    While one is worked on the next is asked for, and behind a full one the two that follow.
    Over equal values `$skip` is unstable (seen live): a record may come twice, and one may be
    passed over; an `orderby` that ends with `id` prevents it where the server takes one.
    `extra` holds the route's own parameters, such as `format`. A page may be longer than `size`,
    from a server that ignores `$top`.

    Raises Unreadable where the server ignores `$skip` and more may lie behind its one page.
    """
    query = {"$filter": filter, "$orderby": orderby, "$select": select, "$top": str(size)}
    asked = {name: text for name, text in query.items() if text} | dict(extra or {})
    before: frozenset[str] = frozenset()
    drawn: set[str] = set()
    stale = 0
    for page in _turned(lambda skip: line.rows(path, {**asked, "$skip": str(skip)}), size):
        met = _ids(page)
        if met.isdisjoint(before):
            drawn.clear()
        stale = stale + 1 if met <= drawn else 0
        if met == before and not _may_be_cut(len(page), size):
            return
        if met == before or stale == _STALE:
            raise unreadable("the same page again and again")
        yield page
        before = met
        drawn |= met


def _turned(ask: Callable[[int], list[Row]], size: int) -> Iterator[list[Row]]:
    """The pages, each asked for by how many rows lie before it."""
    skip = 0
    with ThreadPoolExecutor(AT_ONCE) as pool:
        coming: dict[int, Future[list[Row]]] = {skip: pool.submit(ask, skip)}
        while page := coming.pop(skip).result():
            skip += len(page)
            # Whether more lies behind a page that is not full is not known: it may be the last.
            for place in (skip, skip + size) if len(page) == size else (skip,):
                if place not in coming:
                    coming[place] = pool.submit(ask, place)
            yield page


def _may_be_cut(rows: int, size: int) -> bool:
    """Whether a page that cannot be turned may be a part of the list alone.

    A page shorter than asked is all that there is, and so is a longer one, for `$top` was ignored
    too; unless it is as long as Act!'s cap.
    """
    return rows == size or rows >= _CAP


def _ids(page: list[Row]) -> frozenset[str]:
    return frozenset(str(row.get("id") or json.dumps(row, sort_keys=True)) for row in page)

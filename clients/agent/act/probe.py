"""What this Act! can be asked, found out without writing, and the way where it cannot.

Routes, filters and `$select` differ between versions, and are proven live for some kinds alone
(act-web-api facts). An answer of 400 tells that something is missing, but so does an answer that
takes no notice: both are looked for.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any

from clients.agent.act.calendar import moment, stamp
from clients.agent.act.line import Line, Query
from clients.agent.act.records import Row
from clients.agent.act.refusals import (
    Broken,
    NotAct,
    NotFound,
    QueryRefused,
    RightMissing,
    RouteMissing,
    Unreadable,
)

# The present route first, then the older one.
_ROUTES = {
    "contact": ("contacts",),
    "company": ("companies",),
    "group": ("groups",),
    "opportunity": ("opportunities",),
    "activity": ("tasks", "activities"),
    "note": ("notes",),
    "history": ("History",),
}
KINDS = tuple(_ROUTES)
# Over equal `edited` alone `$skip` is unstable (seen live); with the id behind it the order is one.
_ORDERS = ("edited asc,id asc", "edited asc")
_LONG_AGO = "edited ge 1900-01-01T00:00:00Z"
_FAR_OFF = "edited ge 2900-01-01T00:00:00Z"
_NEVER_STARTS = "startTime ge 2900-01-01T00:00:00Z"
_SELECTED = {"id", "edited"}
# One more than any cap that was seen (5,000), asked for by ids alone.
_ABOVE_CAPS = 5001
_BATCHED = 2


@dataclass(frozen=True)
class OfKind:
    """How one kind is read. `route` is what follows `/api/`, `orderby` the best order it takes.

    `start_filter`: whether activities can be asked for by their days. `empty`: there was no record
    to judge by. All capabilities are then taken for missing; once there is a record, the probe has
    to be made again.
    """

    route: str
    orderby: str | None
    edited_filter: bool
    select: bool
    start_filter: bool = True
    empty: bool = False

    def missing(self) -> Iterator[str]:
        """What it cannot, each with the way that is taken without it."""
        if self.empty:
            yield "no record yet, so nothing is known of its filter and $select"
            return
        if self.orderby != _ORDERS[0]:
            yield "no order by edited and id, so the sweep finds what pages pass over"
        if not self.edited_filter:
            yield "no filter on edited, so each run reads all and compares"
        if not self.select:
            yield "no $select, so the sweep reads whole records"
        if not self.start_filter:
            yield "no filter on startTime, so all are read and the calendar's days are kept to here"


@dataclass(frozen=True)
class Capabilities:
    """What one version of the Web API can. `page_cap` is in rows, None where none was met."""

    api_version: str
    kinds: dict[str, OfKind]
    batch: bool
    page_cap: int | None

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> Capabilities:
        kinds = {kind: OfKind(**found) for kind, found in kept["kinds"].items()}
        return cls(**{**kept, "kinds": kinds})

    def lines(self) -> list[str]:
        """For a person: the version, and each missing capability with the way taken without it."""
        missing = list(self._missing())
        return [
            f"Act! Web API {self.api_version}" + ("" if missing else ", nothing missing"),
            *missing,
        ]

    def _missing(self) -> Iterator[str]:
        for kind, can in self.kinds.items():
            if can.route != _ROUTES[kind][0]:
                yield f"{kind}: read by the older route /api/{can.route}"
            yield from (f"{kind}: {what}" for what in can.missing())
        if not self.batch:
            yield "no $batch, so secondary contacts are asked for one contact a request"
        if self.page_cap is not None:
            yield f"pages hold {self.page_cap} records at most, and are asked for no larger"


def api_version(line: Line) -> str:
    """The present version; where it differs from the one probed, the probe is made again."""
    return str(line.system()["apiVersion"])


def probe(line: Line, size: int) -> Capabilities:
    """Find out everything, for pages of `size` rows: about 45 requests, none of which writes.

    Raises a Refusal where Act! cannot be worked with: no such server, no sign-in, a kind that the
    user may not read. What a run needs but this Act! has no route for is refused as well.
    """
    version = api_version(line)
    line.sign_in()
    kinds = {kind: _of_kind(line, kind) for kind in KINDS}
    return Capabilities(version, kinds, _has_batch(line), _page_cap(line, size, kinds["contact"]))


def _of_kind(line: Line, kind: str) -> OfKind:
    route, first = first_route(line, kind)
    if not first:
        return OfKind(route, _ORDERS[0], edited_filter=False, select=False, empty=True)
    order = next((order for order in _ORDERS if _takes_order(line, route, order)), None)
    edited = _filters(line, route, order, nothing=_FAR_OFF, something=_LONG_AGO)
    starts = kind != "activity" or _filters_starts(line, route, order, first[0], edited=edited)
    return OfKind(
        route, order, edited_filter=edited, select=_selects(line, route), start_filter=starts
    )


def first_route(line: Line, kind: str) -> tuple[str, list[Row]]:
    """The first route that is there, with one record of it. Raises RightMissing with the kind."""
    for route in _ROUTES[kind][:-1]:
        try:
            return route, line.rows(route, {"$top": "1"})
        except (NotFound, RouteMissing):
            continue
    route = _ROUTES[kind][-1]
    try:
        return route, line.rows(route, {"$top": "1"})
    except (NotFound, RouteMissing) as refusal:
        raise RouteMissing(
            f"This Act! has no route for the kind {kind} (/api/{route}): update the Web API on the "
            "Act! server."
        ) from refusal
    except RightMissing as refusal:
        raise RightMissing(f"{refusal.sentence} It was refused for the kind {kind}.") from refusal


def _takes_order(line: Line, route: str, order: str) -> bool:
    return _rows_or_none(line, route, {"$orderby": order, "$top": "1"}) is not None


def _filters(line: Line, route: str, order: str | None, *, nothing: str, something: str) -> bool:
    """Whether a filter is followed: one that nothing passes, and one that something does.

    A server that ignores the filter sends rows for both; one that answers nothing to any filter
    would look like one without changes.
    """

    def passing(filter: str) -> list[Row] | None:
        ordered = {"$orderby": order} if order else {}
        return _rows_or_none(line, route, {"$filter": filter, **ordered, "$top": "1"})

    return passing(nothing) == [] and bool(passing(something))


def _filters_starts(line: Line, route: str, order: str | None, first: Row, *, edited: bool) -> bool:
    """Whether activities are filtered by their days, in the words in which a run asks for them.

    By the day of the one that is known: over all of time, series have no end.
    """
    try:
        start = moment(first.get("startTime"))
        day = [start, start + timedelta(days=1)] if start else []
    except (ValueError, OverflowError):
        day = []
    if not day:
        return False
    filters = [f"startTime {sign} {stamp(at)}" for sign, at in zip(("ge", "lt"), day, strict=True)]
    something = " and ".join([_LONG_AGO, *filters] if edited else filters)
    return _filters(line, route, order, nothing=_NEVER_STARTS, something=something)


def _selects(line: Line, route: str) -> bool:
    """Whether only what was asked for comes; ignored `$select` sends whole records."""
    rows = _rows_or_none(line, route, {"$select": "id,edited", "$top": "1"})
    return bool(rows) and all(set(row) == _SELECTED for row in rows or ())


def _page_cap(line: Line, size: int, contact: OfKind) -> int | None:
    """How many rows a page holds at most, seen on the contacts, of which there are most.

    Fewer rows than asked for are a cap only where more of them lie behind.
    """
    query = {"$top": str(size)} | ({"$orderby": contact.orderby} if contact.orderby else {})
    if contact.select:
        query |= {"$select": "id", "$top": str(max(size, _ABOVE_CAPS))}
    rows = _rows_or_none(line, contact.route, query)
    if not rows or len(rows) >= int(query["$top"]):
        return None
    # A whole page of them: over equal `edited` a single row may be one that was there already.
    behind = _rows_or_none(line, contact.route, {**query, "$skip": str(len(rows))})
    ids = {row.get("id") for row in rows}
    return len(rows) if any(row.get("id") not in ids for row in behind or ()) else None


def _has_batch(line: Line) -> bool:
    try:
        answers = line.batch([("contacts", {"$top": "1"})] * _BATCHED)
    except (QueryRefused, NotFound, NotAct, RightMissing, Broken, Unreadable):
        return False
    return len(answers) == _BATCHED


def _rows_or_none(line: Line, route: str, query: Query) -> list[Row] | None:
    """None where this Act! does not take the query; what is unsupported throws (vendor's page)."""
    try:
        return line.rows(route, query)
    except (QueryRefused, Broken):
        return None

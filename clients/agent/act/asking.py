"""Asking Act! for single records by id, two at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from clients.agent.act.kinds import SECONDARY, access_path, format_of, path_of, products_path
from clients.agent.act.line import AT_ONCE, Line
from clients.agent.act.records import PARENT, Row
from clients.agent.act.refusals import Broken, NotFound, QueryRefused, Refusal, Unreadable

OF_ONE = (Broken, QueryRefused, Unreadable)
"""What says something about one record or one list; all else is about Act! as a whole."""

_Item = TypeVar("_Item")
_Answer = TypeVar("_Answer")


def one(line: Line, kind: str, place: str) -> Row | None:
    """A record as it stands now; None where Act! answers that there is none to be seen."""
    found: Row | None = line.get_or_none(path_of(kind, place), format_of(kind))
    if found is not None and kind == SECONDARY:
        return {**found, PARENT: place.partition("/")[0]}
    return found


def products(line: Line, opportunities: Sequence[Row]) -> list[list[Row] | Refusal]:
    """The product lines of each opportunity, or why Act! does not give them."""

    def ask(opportunity: Row) -> list[Row] | Refusal:
        path = products_path(str(opportunity.get("id")))
        try:
            lines = line.rows(path)
            # No later reading looks at them again: none, where there is a total, is asked twice.
            return lines or (line.rows(path) if opportunity.get("productTotal") else [])
        except NotFound:
            return []
        except OF_ONE as refusal:
            return refusal

    return _together(ask, opportunities)


def access(line: Line, kind: str, ids: Sequence[str]) -> list[Row | Refusal]:
    """Who may see each of the records, or why Act! does not say."""

    def ask(id: str) -> Row | Refusal:
        try:
            answer: Row = line.get(access_path(kind, id))
        except (*OF_ONE, NotFound) as refusal:
            return refusal
        return answer

    return _together(ask, ids)


def many(line: Line, wanted: Sequence[tuple[str, str]]) -> list[Row | Refusal | None]:
    """The answers for (kind, place), in their order: the record, None, or why Act! does not say.

    Raises what is about Act! as a whole.
    """

    def ask(what: tuple[str, str]) -> Row | Refusal | None:
        try:
            return one(line, *what)
        except OF_ONE as refusal:
            return refusal

    return _together(ask, wanted)


def _together(ask: Callable[[_Item], _Answer], wanted: Iterable[_Item]) -> list[_Answer]:
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(ask, wanted))

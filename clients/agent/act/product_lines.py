"""An opportunity's product lines, written by the route that they have of their own."""

from __future__ import annotations

from contextlib import suppress
from functools import partial

from clients.agent.act import asking, patches
from clients.agent.act.kinds import products_path
from clients.agent.act.line import Line
from clients.agent.act.merging import Fields, alike
from clients.agent.act.records import PRODUCTS, Row
from clients.agent.act.refusals import Refusal, unreadable
from clients.agent.act.rejections import REFUSALS
from clients.agent.act.repeating import surely


def of(line: Line, opportunity: str) -> list[Row]:
    """The lines that an opportunity has now. Raises a Refusal."""
    (answer,) = asking.products(line, [{"id": opportunity}])
    if isinstance(answer, Refusal):
        raise answer
    return answer


def write(line: Line, opportunity: str, changes: Fields, known: list[Row]) -> None:
    """Write what of `changes` are lines; `known` are those that the opportunity has.

    One that Act! does not take is left out, and missing when all is compared. Raises a Refusal.
    """
    lines = _Lines(line, opportunity, known)
    for path, value in changes.items():
        name, _, id = path.partition(".")
        if name == PRODUCTS:
            with suppress(*REFUSALS):
                lines.write(id, value)


class _Lines:
    def __init__(self, line: Line, opportunity: str, known: list[Row]) -> None:
        self._line = line
        self._opportunity = opportunity
        self._path = products_path(opportunity)
        self._there = {str(one.get("id")): one for one in known}

    def write(self, id: str, value: object) -> None:
        there = self._there.get(id)
        if there is None and value is not None:
            made = surely(self._line, partial(self._post, value), partial(self._made, value))
            self._there[made] = {}
        elif there is not None:
            do = self._put if value is not None else self._delete
            surely(self._line, partial(do, id, value), partial(self._stands, id, value))

    def _post(self, value: object) -> str:
        answer = self._line.write("POST", self._path, patches.line(value, None))
        if not isinstance(answer, dict) or not answer.get("id"):
            raise unreadable("a product line without an id")
        return str(answer["id"])

    def _made(self, value: object) -> str | None:
        new = (
            one
            for one in of(self._line, self._opportunity)
            if str(one.get("id")) not in self._there
        )
        return next((str(one["id"]) for one in new if alike(value, one)), None)

    def _put(self, id: str, value: object) -> bool:
        body = patches.line(value, self._there[id])
        self._line.write("PATCH", f"{self._path}/{id}", body)
        return True

    def _delete(self, id: str, _: object) -> bool:
        self._line.write("DELETE", f"{self._path}/{id}")
        return True

    def _stands(self, id: str, value: object) -> bool | None:
        found = next(
            (one for one in of(self._line, self._opportunity) if str(one.get("id")) == id), None
        )
        done = found is None if value is None else alike(value, found)
        return done or None

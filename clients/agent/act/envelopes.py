"""The two forms in which Act! hands out lists. A third one is an error, never an empty list."""

from __future__ import annotations

from clients.agent.act.records import Row
from clients.agent.act.refusals import unreadable


def rows(answer: object) -> list[Row]:
    """The records of a list: a bare array, or `{"value": […], "Count": n}`.

    The vendor's Swagger tells of bare arrays, contacts and companies were seen in the object;
    `Count` is the size of the page (act-web-api table: deviation seen live). Raises Unreadable.
    """
    found = answer
    if isinstance(answer, dict):
        others = {key for key in answer if not key.startswith(("@odata.", "odata."))}
        found = answer.get("value") if others <= {"value", "Count"} else None
    if not isinstance(found, list):
        raise unreadable("a list in an unknown form")
    if not all(isinstance(row, dict) for row in found):
        raise unreadable("a list that holds something other than records")
    return found

"""The forms of Act!'s answers. An unknown one is an error, never an empty list."""

from __future__ import annotations

import json
from typing import Any

import httpx

from clients.agent.act import diagnosis
from clients.agent.act.records import Row
from clients.agent.act.refusals import unreadable


def decoded(response: httpx.Response) -> Any:
    """The JSON of an answer. Raises Unreadable."""
    if not response.content.strip():
        raise unreadable("an empty answer")
    if diagnosis.is_html(response):
        raise unreadable("a page (HTML) in place of data")
    try:
        return json.loads(response.content)
    except (ValueError, RecursionError):
        failure = unreadable("cut or broken JSON")
    # The parser's error holds the whole answer, and that one records.
    raise failure


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

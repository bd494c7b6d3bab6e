"""What an activity can be: its types, its priorities, and what may come of it. Act! lists them."""

from __future__ import annotations

from clients.agent.act import kinds
from clients.agent.act.line import Line
from clients.agent.act.records import Row
from clients.agent.act.refusals import NotFound, QueryRefused
from clients.agent.act.rejections import Rejected

_LISTS = {
    "activityTypeName": ("activityTypeId", "task-types"),
    "activityPriorityName": ("activityPriorityId", "tasks/priorities"),
}
NAMES = tuple(_LISTS)
"""Members that say in words what the number beside them says; Act! decides by the number."""

_USUAL = {"Call": 1, "Meeting": 6, "To-do": 8}
"""What came of an activity if nobody says it: its results as Act! numbers them (seen live)."""


def name_alike(line: Line, letter: Row, seen: Row) -> None:
    """Let name and number of `letter` say the same where a phone changed either.

    Raises Rejected with the names that there are.
    """
    for name, (number, path) in _LISTS.items():
        if letter.get(name) not in (None, seen.get(name)):
            if letter.get(number) == seen.get(number):
                letter[number] = _number(_listed(line, path), letter[name], name)
        elif letter.get(number) not in (None, seen.get(number)):
            letter[name] = _name(_listed(line, path), letter[number], number)


def result(line: Line, activity: Row, asked: Row) -> Row:
    """The result `{id, name}` with which an activity of that type may be cleared.

    `asked` names it by either; where it is empty, the usual one. Raises Rejected with those that
    there are.
    """
    known = [one for one in _results(line, activity) if one.get("isUserRecordable") is not False]
    if known and isinstance(asked.get("id"), int):
        return {"id": asked["id"], "name": _name(known, asked["id"], "result.id")}
    if asked.get("name"):
        return {"id": _number(known, asked["name"], "result.name"), "name": asked["name"]}
    if isinstance(asked.get("id"), int):
        return {"id": asked["id"], "name": None}
    usual = _USUAL.get(str(activity.get("activityTypeName")))
    for one in known:
        if one.get("isDefault") is True or one.get("id") == usual:
            return {"id": one["id"], "name": one["name"]}
    raise Rejected(f"result is missing: say one of {_names(known)}.")


def user(line: Line, asked: str) -> Row:
    """The Act! user with this id or name. Raises Rejected."""
    for one in line.rows("users"):
        if asked in (one.get("id"), one.get("displayName"), one.get("username")):
            return one
    raise Rejected("on_behalf_of: Act! has no user of this name or id.")


def _results(line: Line, activity: Row) -> list[Row]:
    type = activity.get("activityTypeId")
    if not isinstance(type, int):
        return []
    try:
        return _active(line.rows(kinds.results_path(type)))
    except (NotFound, QueryRefused):
        return []


def _listed(line: Line, path: str) -> list[Row]:
    try:
        return _active(line.rows(path))
    except (NotFound, QueryRefused):
        return []


def _active(listed: list[Row]) -> list[Row]:
    return [one for one in listed if one.get("isActive") is not False]


def _number(listed: list[Row], name: object, member: str) -> object:
    said = str(name).casefold()
    for one in listed:
        if str(one.get("name")).casefold() == said:
            return one.get("id")
    raise Rejected(f"{member} is none of those that Act! has: {_names(listed)}.")


def _name(listed: list[Row], number: object, member: str) -> object:
    for one in listed:
        if one.get("id") == number:
            return one.get("name")
    raise Rejected(f"{member} is none of those that Act! has: {_names(listed)}.")


def _names(listed: list[Row]) -> str:
    if not listed:
        return "it does not list them"
    return ", ".join(f"{one.get('name')} ({one.get('id')})" for one in listed)

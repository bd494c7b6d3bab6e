"""Where each kind of records is asked for, and in which order they are read.

Routes: act-web-api table. Secondary contacts have no list over all; they are asked for contact by
contact (`secondary.py`), and fields come from the metadata (`fields.py`).
"""

from __future__ import annotations

from urllib.parse import quote

from clients.agent.act.line import Query
from clients.agent.act.records import LINKS, Row
from clients.agent.connectors.base import Key

ORDER = ("company", "group", "contact", "opportunity", "note", "history", "activity")
"""A kind comes behind those that its records follow, so that their verdicts are known."""

SECONDARY = "secondary_contact"
FIELD = "field"
WITH_ACCESS = ("contact", "company", "group", "opportunity")
WITH_FORMAT = ("note", "history", "activity")

_ONE = {
    "company": "companies",
    "group": "groups",
    "contact": "contacts",
    "opportunity": "opportunities",
    "note": "notes",
    "history": "History",
    "activity": "tasks",
}


def format_of(kind: str) -> Query:
    """Texts are asked for as HTML: plain text is made of it, and it travels beside that."""
    return {"format": "html"} if kind in WITH_FORMAT else {}


def path_of(kind: str, place: str) -> str:
    """The route of one record. `place` is Act!'s id, of a secondary contact `CONTACT/ID`."""
    if kind == SECONDARY:
        contact, _, id = place.partition("/")
        return f"contacts/{_quoted(contact)}/secondary-contacts/{_quoted(id)}"
    return f"{_ONE[kind]}/{_quoted(place)}"


def access_path(kind: str, id: str) -> str:
    """Who may see a record. There is one for the four kinds that others are linked to."""
    return f"{_ONE[kind]}/{_quoted(id)}/access"


def products_path(opportunity: str) -> str:
    return f"opportunities/{_quoted(opportunity)}/products"


def secondary_path(contact: str) -> str:
    return f"contacts/{_quoted(contact)}/secondary-contacts"


def tasks_path(kind: str, id: str) -> str:
    """The activities that are linked to a record."""
    return f"{_ONE[kind]}/{_quoted(id)}/associated-tasks"


def history_path(kind: str, id: str) -> str:
    """The histories that are linked to a record."""
    return f"{_ONE[kind]}/{_quoted(id)}/history"


def made_of_path(task: str) -> str:
    """The histories that an activity became when it was cleared."""
    return f"activities/{_quoted(task)}/history"


def clear_path(task: str) -> str:
    return f"tasks/{_quoted(task)}/clear"


def series_path(series: str) -> str:
    return f"recurring-tasks/{_quoted(series)}"


def organizer_path(user: str) -> str:
    """Where activities are made for another user of Act!."""
    return f"organizers/{_quoted(user)}/tasks"


def results_path(activity_type: int) -> str:
    """What an activity of that type may be cleared as."""
    return f"task-types/{activity_type}/history-types"


def links_of(kind: str, row: Row) -> list[Key]:
    """The records that a record names by id. Lists may be null (act-web-api deviations)."""
    found = [
        Key(to, str(one["id"]))
        for member, to in LINKS.items()
        if isinstance(listed := row.get(member), list)
        for one in listed
        if isinstance(one, dict) and one.get("id")
    ]
    if kind == "contact" and row.get("companyID"):
        found.append(Key("company", str(row["companyID"])))
    if kind in ("company", "group") and row.get("parentID"):
        found.append(Key(kind, str(row["parentID"])))
    return found


def _quoted(id: str) -> str:
    return quote(id, safe="")

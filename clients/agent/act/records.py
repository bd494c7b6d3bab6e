"""Act!'s objects as records: their kinds, their ids, and what cannot become a record."""

from __future__ import annotations

from typing import Any

from clients.wire import RECORD_ID

Row = dict[str, Any]
"""One object as Act! sent it, decoded. Every member may be missing or null."""

KINDS = (
    "contact",
    "company",
    "group",
    "opportunity",
    "activity",
    "note",
    "history",
    "secondary_contact",
    "field",
)
LINKS = {
    "contacts": "contact",
    "companies": "company",
    "groups": "group",
    "opportunities": "opportunity",
}
"""The members that name other records, and the kind that each of them names."""

PARENT = "contactID"
"""The contact that a secondary contact belongs to. Act!'s answer does not name it: whoever asks
`/api/contacts/{id}/secondary-contacts` adds it to the row."""

PRODUCTS = "products"
"""An opportunity's product lines. They have a route of their own: whoever asks it adds them."""

MOST_ID = 64
_HOTLINE = "look whether Act! shows it, and tell the hotline"


class BadRecord(Exception):
    """This record cannot travel, and the others can.

    The sentence names its place and never its content. `id` is "" where the record has none.
    """

    def __init__(self, kind: str, id: str, why: str, remedy: str) -> None:
        place = f"The {kind} {ascii(id)[1:-1][:MOST_ID]}" if id else f"A {kind}"
        self.sentence = f"{place} was left out, for {why}: {remedy}."
        super().__init__(self.sentence)
        self.kind = kind
        self.id = id


def bad_time(kind: str, row: Row, name: str, why: str) -> BadRecord:
    """A time without which the record cannot be told, or that is none."""
    id = row.get("seriesID") or row.get("id") or ""
    return BadRecord(kind, str(id), f"its {name} {why}", "correct it in Act!")


def plain_id(kind: str, row: Row) -> str:
    """The record's id as Act! gives it, for every kind but activities.

    Raises BadRecord where the mailbox could not take it.
    """
    id = row.get("id")
    if not isinstance(id, str) or not id:
        raise BadRecord(kind, "", "Act! sent it without an id", _HOTLINE)
    return usable_id(kind, id)


def usable_id(kind: str, id: str) -> str:
    if not RECORD_ID.fullmatch(id):
        why = f"its id is longer than {MOST_ID} characters or holds signs that no id has"
        raise BadRecord(kind, id, why, _HOTLINE)
    return id

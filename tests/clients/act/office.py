"""An Act! database in the small: its metadata, rules written for it, and rows of every kind."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from clients.agent.act import letters, rules, rules_file
from clients.agent.act.fields import Field, Metadata
from clients.agent.act.records import Row
from clients.agent.act.rules import Rules

CONTACT_FIELDS = (
    Field("contact", "idStatus", "ID/Status"),
    Field("contact", "businessAddress.country", "Country"),
    Field("contact", "businessAddress.city", "City"),
    Field("contact", "recordManager", "Record Manager"),
    Field("contact", "customFields.rep", "Account Mgr", "Character", 64),
    Field("contact", "customFields.user6", "Industry", "Character", 32, ("Steel", "Wood")),
    Field("contact", "department", "Abteilung"),
    Field("contact", "customFields.user2", "Department"),
    Field("contact", "referredBy", "Referred By"),
    Field("contact", "customFields.referredBy", "Referred By"),
)
METADATA = Metadata(
    fields={"contact": CONTACT_FIELDS},
    groups=("Trade fair", "Newsletter"),
    values={
        "idStatus": ("Customer", "Prospect", "Personal"),
        "recordManager": ("Chris Huffman", "Allison Mikola"),
    },
)
NOW = datetime(2026, 5, 20, 10, tzinfo=UTC)
IN_BERLIN = '[calendar]\nzone = "Europe/Berlin"\n'


def ruled(text: str = "", zone: str = "Europe/Berlin") -> Rules:
    """The rules of a file that holds `text`, checked against METADATA."""
    return rules.check(rules_file.parse(f'{text}\n[calendar]\nzone = "{zone}"\n'), METADATA)


def letter(kind: str, row: Row, by: Rules | None = None) -> dict[str, Any]:
    content = json.loads(letters.data(kind, row, by or ruled()))
    assert isinstance(content, dict)
    return content


@dataclass
class Known:
    """The facts of a judgement: what travels, and who is in which group."""

    travelling: set[tuple[str, str]] = field(default_factory=set)
    groups: dict[str, list[str]] = field(default_factory=dict)
    levels: dict[str, str] = field(default_factory=dict)
    now: datetime = NOW

    def is_in(self, kind: str, id: str) -> bool:
        return (kind, id) in self.travelling

    def groups_of(self, contact_id: str) -> Collection[str]:
        return self.groups.get(contact_id, ())

    def access(self, kind: str, id: str) -> Mapping[str, object] | None:
        return {"type": self.levels[id], "accessors": []} if id in self.levels else None


def contact(**members: object) -> Row:
    row: Row = {"id": "C1", "fullName": "Ana Trujillo", "contactType": "Contact"}
    return row | {"isPrivate": False} | members


def activity(start: str, **members: object) -> Row:
    row: Row = {
        "id": f"{SERIES}05202026",
        "seriesID": SERIES,
        "subject": "Call",
        "startTime": start,
        "endTime": start,
        "isPrivate": False,
        "contacts": [{"id": "C1"}],
    }
    return row | members


SERIES = "3f2a1c5e-0000-4000-8000-0123456789ab"

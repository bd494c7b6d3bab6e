"""Reading what Act! tells about its fields, picklists and groups.

Labels change at the customer's wish, so they are read in every sync; picklists, a request a kind,
only with a sweep.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from clients.agent.act import fields
from clients.agent.act.conditions import GROUP, tests, word
from clients.agent.act.fields import Field, Metadata
from clients.agent.act.line import Line
from clients.agent.act.pages import pages
from clients.agent.act.records import Row
from clients.agent.act.rules import Rules, Unchecked

KINDS = ("contact", "company", "group", "opportunity")
"""Those of which Act! has metadata; of the others it lists none (act-web-api facts: seen live)."""

_MANAGER = "recordManager"
Picklists = Mapping[str, list[str]]
"""Values by a picklist's id."""


def picklists(line: Line) -> dict[str, list[str]]:
    """The values of every picklist of these kinds."""
    found: dict[str, list[str]] = {}
    for kind in KINDS:
        for listed in line.rows(f"metadata/{kind}/picklists"):
            found[str(listed.get("id"))] = _values(listed)
    return found


def read(line: Line, lists: Picklists) -> dict[str, list[Field]]:
    """The fields of each kind."""
    columns: dict[str, list[Row]] = {kind: [] for kind in KINDS}
    for column in line.rows("metadata/fields"):
        columns.get(str(column.get("recordType")).lower(), []).append(column)
    return {kind: fields.of_columns(kind, of_kind, lists) for kind, of_kind in columns.items()}


def groups_by_id(line: Line) -> dict[str, str]:
    """The name of each group that the agent's user sees."""
    names = (row for page in pages(line, "groups") for row in page)
    return {str(row["id"]): str(row["name"]) for row in names if row.get("id") and row.get("name")}


def asked_groups(rules: Rules, groups: Mapping[str, str]) -> dict[str, str]:
    """Those of the groups whose members the rules ask for."""
    asked = {
        word(v) for test in tests(rules.sync_set) if test.name.path == GROUP for v in test.values
    }
    return {id: name for id, name in groups.items() if word(name) in asked}


def asks_for_groups(unchecked: Unchecked) -> bool:
    """The same as `Rules.wants_groups`, for rules whose names are not looked up yet."""
    return any(test.name.written == GROUP for test in tests(unchecked.rules.sync_set))


def asks_for_managers(unchecked: Unchecked) -> bool:
    """Whether the rules name a record manager, by its usual label or its API name."""
    names = {word(test.name.written) for test in tests(unchecked.rules.sync_set)}
    return bool(names & {"recordmanager", "record manager"})


def users(line: Line) -> list[str]:
    """The names of Act!'s users."""
    return [str(row["displayName"]) for row in line.rows("users") if row.get("displayName")]


def to_check(
    of_kind: Mapping[str, list[Field]], groups: Iterable[str], managers: Iterable[str]
) -> Metadata:
    """What a rules file is held against: of fields with a picklist, its values."""
    values = {field.path: field.picklist for field in of_kind["contact"] if field.picklist}
    return Metadata(of_kind, tuple(groups), {**values, _MANAGER: tuple(managers)})


def _values(listed: Row) -> list[str]:
    """The values of a picklist; how Act! words them is not documented."""
    found: list[str] = []
    for member in listed.values():
        for item in member if isinstance(member, list) else ():
            value = item.get("value", item.get("name")) if isinstance(item, dict) else item
            if isinstance(value, str) and value:
                found.append(value)
    return found

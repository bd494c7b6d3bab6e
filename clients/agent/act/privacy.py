"""What never leaves the office: private and limited records, and what names them in others.

Act! hides other people's private records from the agent's user, and shows that user its own. So
every record is looked at again here, whatever the server was asked for. Of free text that people
wrote (a subject, a note, a location, a referrer) nobody can know whom it names: it stays as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal

from clients.agent.act.records import LINKS, Row

Standing = Literal["public", "private", "limited", "unknown"]

_ACLS: dict[str, Standing] = {
    "private": "private",
    "limitedaccess": "limited",
    "limited": "limited",
}
_OWN_LINKS = {
    "contact": {"companyID": "company"},
    "secondary_contact": {"companyID": "company", "contactID": "contact"},
    "company": {"parentID": "company", "rootParentID": "company"},
    "group": {"parentID": "group"},
}
"""Members that hold the id of another record of a kind."""

_NAMING = (
    "contactNames",
    "contactCompany",
    "contactEmail",
    "contactPhone",
    "contactPhoneExt",
    "scheduledWithCompany",
    "scheduledWithEmail",
    "scheduledWithPhone",
    "scheduledWithPhoneExt",
)
"""Texts that Act! copies out of linked records and out of these records' companies, without saying
out of which. They leave with no record."""


def standing(kind: str, row: Row, access: Mapping[str, object] | None) -> Standing:
    """Whether the record is public. Whatever is not clear is taken for not public.

    `access` is the answer of the record's `/access` route, None where it was not asked. `acl` is
    text of no known form (act-web-api table); only what it says against a record is believed.
    """
    if kind == "field":
        return "public"
    if "isPrivate" not in row:
        return "unknown"
    if row["isPrivate"] not in (False, None):
        return "private"
    by_acl = _ACLS.get(_acl(row))
    if by_acl:
        return by_acl
    if access is None or access.get("type") == "Public":
        return "public"
    return "private" if access.get("type") == "Private" else "limited"


def is_unclear(row: Row) -> bool:
    """Whether only the record's `/access` route can tell: its `acl` says something unknown."""
    acl = _acl(row)
    return bool(acl) and acl != "public" and acl not in _ACLS


def is_private(kind: str, row: Row, access: Mapping[str, object] | None) -> bool:
    return standing(kind, row, access) != "public"


def scrub(kind: str, row: Row, stays: Callable[[str, str], bool]) -> Row:
    """A copy of a row that leaves, without what names records that stay.

    `stays(kind, id)` must be true for ids that are not known: Act! answers with links to records
    that it does not show.
    """
    scrubbed = {name: value for name, value in row.items() if name not in _NAMING}
    _scrub_own(kind, scrubbed, stays)
    for name, linked in LINKS.items():
        if isinstance(links := row.get(name), list):
            scrubbed[name] = [_link(link) for link in links if not _stays(link, linked, stays)]
    return scrubbed


def _scrub_own(kind: str, row: Row, stays: Callable[[str, str], bool]) -> None:
    for member, linked in _OWN_LINKS.get(kind, {}).items():
        id = row.get(member)
        if id and (not isinstance(id, str) or stays(linked, id)):
            del row[member]
            if member == "companyID":
                # The company's name, as Act! keeps it in its contacts.
                row.pop("company", None)


def _stays(link: object, kind: str, stays: Callable[[str, str], bool]) -> bool:
    id = link.get("id") if isinstance(link, dict) else None
    return not isinstance(id, str) or not id or stays(kind, id)


def _link(link: Row) -> Row:
    # The company of a contact that travels may be one that stays.
    return {name: value for name, value in link.items() if name != "company"}


def _acl(row: Row) -> str:
    return "".join(str(row.get("acl") or "").split()).casefold()

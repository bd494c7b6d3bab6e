"""What a record has to have, and what Act! refuses with 400; the words of a refusal are [I].

Required is what a commercial driver demands (facts, "Fields"); of a contact a name or a company,
of a company and an opportunity a name [I]. Lengths, types and limited picklists are those that
the metadata tell.
"""

from typing import Any

from tests.act.answers import refusal
from tests.act.fields import LIMITED, PICKLISTS, Field, fields
from tests.act.people import Stored
from tests.act.rendering import Row
from tests.act.times import seconds

_ONE_OF: dict[str, tuple[str, ...]] = {
    "contact": ("fullName", "firstName", "lastName", "company"),
    "company": ("name",),
    "group": ("name",),
    "opportunity": ("name",),
    "product": ("name",),
}
_LINKS = ("contacts", "companies", "groups", "opportunities")


def check(kind: str, before: Stored, after: Stored, named: Row, *, is_new: bool) -> None:
    """Raise Refused (400) for a record that must not be so; only what is written is looked at."""
    kind = "contact" if kind == "secondary_contact" else kind
    wanted = _ONE_OF.get(kind, ())
    if (is_new or set(wanted) & set(named)) and wanted and not any(map(after.get, wanted)):
        raise refusal(400, f"A value for {' or '.join(wanted)} is required.")
    if is_new or set(_LINKS) & set(named):
        _check_links(kind, after.get("_links"))
    for field in fields(kind):
        value = _value(after, field)
        if value is not None and value != _value(before, field):
            _check_value(field, value)


def span(start: str | None, end: str | None) -> tuple[str, str]:
    """Both times. Raises Refused (400) unless they are there, in their order."""
    if not start or not end:
        raise refusal(400, "Values for startTime and endTime are required.")
    if seconds(end) < seconds(start):
        raise refusal(400, "The endTime is before the startTime.")
    return start, end


def _check_links(kind: str, links: list[list[int]] | None) -> None:
    if kind in ("note", "history") and not any(links or ()):
        raise refusal(400, "A link to a contact, company, group or opportunity is required.")
    if kind == "activity" and not (links and links[0]):
        raise refusal(400, "At least one contact is required.")


def _value(row: Stored, field: Field) -> Any:
    return (
        (row.get("customFields") or {}).get(field.name)
        if field.is_custom
        else (row.get(field.name))
    )


def _check_value(field: Field, value: Any) -> None:
    if field.length and isinstance(value, str) and len(value) > field.length:
        raise refusal(400, f"The value of {field.name} is longer than {field.length} characters.")
    if field.picklist in LIMITED and value not in ("", *PICKLISTS[field.picklist]):
        raise refusal(400, f"The value of {field.name} is not in the picklist {field.picklist}.")
    if field.is_custom and not _fits(field.type, value):
        raise refusal(400, f"The value of {field.name} is no {field.type}.")


def _fits(type_: str, value: Any) -> bool:
    match type_:
        case "Integer":
            return isinstance(value, int) and not isinstance(value, bool)
        case "Decimal":
            return isinstance(value, int | float) and not isinstance(value, bool)
        case "YesNo":
            return isinstance(value, bool)
        case "Date":
            return isinstance(value, str) and _is_time(value)
    return isinstance(value, str)


def _is_time(text: str) -> bool:
    try:
        return bool(text == "" or seconds(text))
    except ValueError:
        return False

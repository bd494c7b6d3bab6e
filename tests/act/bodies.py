"""What a write takes of the body that it got, and what it drops without a word.

The facts know of recordManagerID, createUserID and, on /api/tasks, recurSpec; that what Act! works
out or gives by itself is dropped as well, and not refused, is [I].
"""

from typing import Any

import msgspec

from tests.act.answers import Answer, Refused, read, refusal
from tests.act.calls import Call
from tests.act.people import Stored
from tests.act.referee import type_of
from tests.act.rendering import Row
from tests.act.table import TABLE
from tests.act.times import seconds, stamp

_ALWAYS = frozenset(
    {"id", "acl", "attachment", "created", "edited", "editedBy", "importDate", "isImported",
     "recordManager", "recordManagerID", "recordOwner", "hasDivisions", "hasSubgroups",
     "hierarchyLevel", "rootParentID"}
)  # fmt: skip
_SCHEDULED = frozenset(
    {"scheduledById", "scheduledBy", "scheduledForId", "scheduledFor", "scheduledWithCompany",
     "scheduledWithEmail", "scheduledWithPhone", "scheduledWithPhoneExt"}
)  # fmt: skip
_OF_MODEL: dict[str, frozenset[str]] = {
    "Contact": frozenset({"contactType", "isUser", "amaScore"}),
    "Group": frozenset({"contacts"}),
    "Opportunity": frozenset(
        {"contactNames", "creator", "daysOpen", "daysInStage", "grossMargin", "product",
         "productTotal", "relatedEntitiesResolver", "stageStartDate", "statusName",
         "totalPerCompany", "totalPerContact", "totalPerGroup", "weightedTotal"}
    ),
    "OpportunityProduct": frozenset(
        {"opportunityID", "createDate", "editDate", "discountPrice", "total"}
    ),
    "Note": frozenset({"createUserID"}),
    "History": frozenset(
        {"createUserID", "createUserName", "editUserID", "editUserName", "contactEmail",
         "contactPhone", "contactPhoneExt", "contactCompany", "duration", "historyType"}
    ),
    "ActivityOccurrence": _SCHEDULED | frozenset(
        {"seriesID", "isRecurring", "isCleared", "originalTime", "duration", "recurSpec",
         "accessorId", "alarmDue", "activityTypeName", "activityPriorityName"}
    ),
    "ActivitySeries": _SCHEDULED | frozenset(
        {"isRecurring", "isCleared", "originalTime", "duration", "durationDisplay", "alarmDue",
         "activityTypeName", "activityPriorityName"}
    ),
}  # fmt: skip
BLANK_ADDRESS: Stored = {
    name: "" if type_ == "string" else None
    for name, type_ in TABLE.models["Address"].properties.items()
}


def body_of(call: Call) -> Row:
    """The object in the body, without properties that its model has not.

    Raises Refused (400) for what is no object of the model; the words are [I]. PATCH needs the
    `id` of the path in the body: without it the 400 is empty (seen live).
    """
    made = decoded(call)
    if not isinstance(made, dict):
        raise refusal(400, "The request is invalid.")
    wanted = list(call.values.values())[-1] if call.values else None
    if call.route.method == "PATCH" and str(made.get("id", "")).lower() != str(wanted).lower():
        raise Refused(Answer(400, b"", ""))
    return made


def decoded(call: Call) -> Any:
    """The body as the route's type. Raises Refused (400)."""
    try:
        told = read(call.question.body)
        type_ = call.route.body or "map"
        told = _known(told, type_)
        msgspec.convert(told, type_of(type_))
    except (ValueError, msgspec.ValidationError) as error:
        raise refusal(400, f"The request is invalid. {error}") from error
    return told


def taken(body: Row, model: str, dropped: frozenset[str], *, whole: bool) -> Row:
    """What of it the API writes at all, times in the office's form.

    `dropped` are more names that this installation drops. `whole`: the body stands for the full
    object, so what it lacks is emptied [I].
    """
    properties = TABLE.models[model].properties
    never = _ALWAYS | _OF_MODEL.get(model, frozenset()) | dropped
    return {
        name: _timely(body.get(name), type_)
        for name, type_ in properties.items()
        if name not in never and (whole or name in body)
    }


def address(value: Row | None) -> Row | None:
    """An address as it is kept: whatever the body left out is blank (facts, "Rules learned")."""
    return None if value is None else BLANK_ADDRESS | value


def restore(row: Stored, before: Stored, dropped: frozenset[str]) -> None:
    """Give inner values that this installation drops (`customFields/user6`) their old value."""
    for path in dropped:
        name, _, inner = path.partition("/")
        if inner and isinstance(row.get(name), dict):
            row[name] = row[name] | {inner: (before.get(name) or {}).get(inner)}


def _timely(value: Any, type_: str) -> Any:
    return stamp(seconds(value)) if type_ == "dateTime" and value else value


def _known(value: Any, type_: str) -> Any:
    """Without what the model has not: ASP.NET reads over it."""
    if type_.startswith("[") and isinstance(value, list):
        return [_known(each, type_[1:-1]) for each in value]
    model = TABLE.models.get(type_)
    if model is None or not isinstance(value, dict):
        return value
    return {
        name: _known(inner, model.properties[name])
        for name, inner in value.items()
        if name in model.properties
    }

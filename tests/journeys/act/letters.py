"""What of a record has to stand on a phone, property by property.

Worked out from the office's own books and from the table, which tells what each property is.
Written anew from `docs/act.md`: nothing of the agent's code is used.
"""

import json
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from tests.act.office import Row
from tests.act.rendering import MODEL
from tests.act.table import TABLE
from tests.act.writing import shown

ZONE = ZoneInfo("Europe/Berlin")
MODELS = MODEL | {"activity": "ActivityOccurrence"}
Travels = Callable[[str, str], bool]

_MOST_HTML = 64 * 1024
_MOST = 250 * 1024
_MARK = "… [cut: the rest is in Act!]"
# Whose edits are another record's, other programs' ids, and what moves without anybody's hand.
_STAYS = {
    "": "isPrivate acl edited editedBy recordOwner importDate isImported",
    "contact": "amaScore isFavorite nylasContactId quickbooksId businessMaskFormat mobileMaskFormat"
    " faxMaskFormat homeMaskFormat alternateMaskFormat pagerMaskFormat",
    "company": "hasDivisions hierarchyLevel",
    "group": "contacts hasSubgroups hierarchyLevel",
    "opportunity": "contactNames daysInStage daysOpen quickbooksInvoiceId relatedEntitiesResolver"
    " sourceId totalPerCompany totalPerContact totalPerGroup weightedTotal",
    "activity": "id accessorId alarmDue isAlarmCleared calendarUid externalId duration"
    " scheduledWithCompany scheduledWithEmail scheduledWithPhone scheduledWithPhoneExt",
    "history": "contactCompany contactEmail contactPhone contactPhoneExt duration outlookID"
    " editUserID editUserName",
}
_STAYS["secondary_contact"] = _STAYS["contact"]
_DAYS = ("birthday", "openDate", "estimatedCloseDate", "actualCloseDate")
_TEXTS = {"note": "noteText", "history": "details", "activity": "details"}
_LINKED = {
    "EmbeddedContact": "contact",
    "ActivityContact": "contact",
    "EmbeddedCompany": "company",
    "EmbeddedGroup": "group",
    "EmbeddedOpportunity": "opportunity",
}
# Of what is made of several members: those that travel.
_PARTS = {
    "Address": "line1 line2 line3 city state postalCode country",
    "Attachment": "displayName",
    "HistoryType": "id name",
    "Process": "id name",
    "Stage": "id name process",
    "RecurSpec": "recurType frequency month isEndless seriesStart seriesEnd day",
    "RecurDay": "dayAsInt daysOfWeek typedDay dayType ordinal",
    "OpportunityProduct": "id name itemNumber type quantity price discount discountPrice total"
    " cost productID customFields",
}
_WEEK = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")


class Cut(str):
    """Equal to its beginning with the mark behind it, of about the size that a letter may have."""

    __slots__ = ()

    def __eq__(self, held: object) -> bool:
        if not isinstance(held, str) or not held.endswith(_MARK):
            return False
        kept = held.removesuffix(_MARK)
        return self.startswith(kept) and _MOST - 4096 < len(kept.encode()) < _MOST

    __hash__ = str.__hash__


def travelling(kind: str) -> list[str]:
    """The properties of a kind that travel with its records, where Act! has anything in them."""
    stays = {*_STAYS[""].split(), *_STAYS.get(kind, "").split()}
    return [name for name in TABLE.models[MODELS[kind]].properties if name not in stays]


def letter(kind: str, told: Row, travels: Travels, *, as_kept: bool = False) -> Row:
    """The `data` of a record, from what the truth tells of it.

    `travels(kind, id)`: whether that record is on the phones. `as_kept`: Act! was not asked for a
    text's HTML, so there is one only where it keeps it so.
    """
    row = told["row"]
    whole_days = kind == "activity" and (row["isTimeless"] or row["isAllDay"])
    made = {
        name: _value(MODELS[kind], name, row[name], travels, whole_days)
        for name in travelling(kind)
        if name in row
    }
    if kind == "opportunity":
        lines = sorted(told["products"], key=lambda line: str(line["id"]))
        made["products"] = [_parts("OpportunityProduct", line, travels, False) for line in lines]
    if kind == "secondary_contact":
        made["contactID"] = told["parent"]
    _scrub(kind, made, travels)
    if kind in _TEXTS:
        _write(_TEXTS[kind], made, told, as_kept=as_kept)
    return _filled(made)


def _write(name: str, made: Row, told: Row, *, as_kept: bool) -> None:
    text = told["text"]
    made[name] = text
    html = shown(text, "html")
    if _size(html) <= _MOST_HTML and (not as_kept or told["row"][name] == html):
        made[f"{name}Html"] = html
    if _size(_filled(made)) > _MOST:
        made |= {name: Cut(text), "cut": [name]}


def _scrub(kind: str, made: Row, travels: Travels) -> None:
    """Without the ids of companies and groups that stay; the company's name goes with its id."""
    of = {"companyID": "company", "parentID": kind, "rootParentID": kind}
    for name, other in of.items():
        if made.get(name) and not travels(other, made[name]):
            del made[name]
            if name == "companyID":
                del made["company"]


def _value(model: str, name: str, value: object, travels: Travels, whole_days: bool) -> object:
    type_ = TABLE.models[model].properties[name]
    inner = type_.strip("[]")
    if inner in _LINKED:
        links = [link for link in _list(value) if travels(_LINKED[inner], link["id"])]
        kept = [{n: link[n] for n in ("id", "isInvited") if n in link} for link in links]
        return sorted(kept, key=lambda link: str(link["id"]))
    if name == "daysOfWeek":
        return [day for day in _WEEK if day in str(value or "")]
    if value is None or value == "None":
        return None
    if inner in _PARTS:
        return _parts(inner, value, travels, whole_days)
    if type_ == "map":
        return _filled(value) if isinstance(value, dict) else None
    if type_ == "dateTime" and isinstance(value, str):
        return _time(value, name in _DAYS or (whole_days and name != "created"))
    return value


def _parts(model: str, value: object, travels: Travels, whole_days: bool) -> Row | None:
    if not isinstance(value, dict) or value.get("recurType") == "None":
        return None
    kept = _PARTS[model].split()
    return _filled({n: _value(model, n, value[n], travels, whole_days) for n in kept if n in value})


def _time(text: str, is_day: bool) -> str:
    moment = datetime.fromisoformat(text).astimezone(UTC)
    if not is_day:
        return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
    day: date = moment.date() if moment.strftime("%T") == "00:00:00" else moment.astimezone(ZONE)
    return day.strftime("%Y-%m-%d")


def _filled(row: Row) -> Row:
    return {name: value for name, value in row.items() if value not in (None, "", [], {})}


def _list(value: object) -> Iterable[Row]:
    return value if isinstance(value, list) else ()


def _size(value: object) -> int:
    return len(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())

"""What a phone asks of an activity, and the members of Act! that it comes to."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from datetime import datetime

from clients import rawjson
from clients.agent.act import calendar, members, patches, phone_letters
from clients.agent.act.merging import Fields
from clients.agent.act.records import LINKS, Row
from clients.agent.act.rejections import Rejected
from clients.agent.act.rules import Rules
from clients.agent.connectors.base import Edit

ACTIVITY = "activity"
CLEARED = "isCleared"
TIMES = ("startTime", "endTime")
SERIES = "series"
NOT_FOR_SERIES = "A series is not cleared as a whole: clear its activities one by one."
_SCOPES = (None, SERIES, "occurrence")
_BESIDE = ("scope", "isDeleted", "result", "history", "on_behalf_of")
_FLAGS = ("isTimeless", "isAllDay", CLEARED, "isAlarmed")
_NUMBERS = ("activityTypeId", "activityPriorityId", "leadMinutes")
_TEXTS = (
    "subject",
    "location",
    "bannerColor",
    "details",
    "detailsHtml",
    "activityTypeName",
    "activityPriorityName",
)
_WRITABLE = {*TIMES, *_FLAGS, *_NUMBERS, *_TEXTS, *LINKS}
_IN_DAYS = ("originalTime", members.RECURRENCE)
WHOLE = ("isTimeless", "isAllDay")
_A_DAY = len("2026-11-30")


@dataclass(frozen=True)
class Order:
    """`letter` is the phone's, in the form that travels; `dropped` names what no letter has.

    The rest is what it asks beside its fields: of a new activity, that somebody else in the office
    has it (`on_behalf_of`).
    """

    letter: Row
    dropped: Collection[str] = ()
    series: bool = False
    deletes: bool = False
    result: Row = field(default_factory=dict)
    history: Row = field(default_factory=dict)
    on_behalf_of: str = ""

    @property
    def clears(self) -> bool:
        return self.letter.get(CLEARED) is True

    @property
    def repeats(self) -> bool:
        return bool(self.letter.get(members.RECURRENCE))


def order(edit: Edit, rules: Rules) -> Order:
    """Raises Rejected with the name of what is no good."""
    content = phone_letters.content(edit.data)
    scope = content.get("scope")
    if scope not in _SCOPES:
        raise Rejected("scope is neither occurrence nor series.")
    _check_types(content)
    _check_offsets(content)
    fields = rawjson.without_members(edit.data or "", _BESIDE)
    read = phone_letters.read(replace(edit, data=fields), rules)
    seen = phone_letters.content(edit.seen) if edit.seen else {}
    _keep_invitations(read.letter, seen)
    for name in _IN_DAYS:
        if name in seen and content.get(name) == seen[name]:
            # A phone that turns an hour into a day does so with its own times alone.
            read.letter[name] = seen[name]
    return Order(
        letter=read.letter,
        dropped=read.strange,
        series=scope == SERIES,
        deletes=content.get("isDeleted") is True,
        result=content.get("result") or {},
        history=content.get("history") or {},
        on_behalf_of=content.get("on_behalf_of") or "",
    )


def may_change(rules: Rules, hidden: Collection[str], *, series: bool) -> Callable[[str], bool]:
    """Of a path, whether a phone can change it. Only a series has a recurrence to be changed."""

    def may(path: str) -> bool:
        top = path.partition(".")[0]
        writable = top in _WRITABLE or (series and top == members.RECURRENCE)
        return writable and phone_letters.may_change(path, rules, ACTIVITY, hidden)

    return may


def check_order(letter: Row) -> None:
    """Raises Rejected where it ends before it begins."""
    begins, ends = (datetime.fromisoformat(letter[name]) for name in TIMES)
    if ends < begins:
        raise Rejected("endTime lies before startTime.")


def body(changes: Fields, letter: Row, row: Row) -> Row:
    """Act!'s members for what is changed; `letter` as it is to be, `row` as Act! has it now.

    Both times go together: who moves the one and leaves the other to Act! may find it moved too.
    """
    made = patches.body(ACTIVITY, changes, row)
    if any(name in changes for name in (*TIMES, *WHOLE)):
        all_of_it = any(name in changes for name in WHOLE)
        for name in TIMES:
            is_asked = name in changes or all_of_it or name not in row
            made[name] = wire(letter[name]) if is_asked else row[name]
    return made


def to_be(letter: Row, changes: Fields) -> Row:
    """A letter with the changes of its own members in it; those of links and parts are not."""
    own = {path: value for path, value in changes.items() if "." not in path}
    return {name: value for name, value in {**letter, **own}.items() if value is not None}


def wire(time: str) -> str:
    """A time as Act! is told it; a day is a midnight, as Act! keeps it (seen live)."""
    return f"{time}T00:00:00Z" if len(time) == _A_DAY else time


def _keep_invitations(letter: Row, seen: Row) -> None:
    """A phone that names a contact by its id alone changes nothing of its invitation."""
    known = {link.get("id"): link for link in seen.get("contacts") or ()}
    if "contacts" in letter:
        links = letter["contacts"]
        letter["contacts"] = [known.get(link["id"], {}) | link for link in links]


def _check_types(content: Row) -> None:
    for names, what, right in (
        ((*_FLAGS, "isDeleted"), "neither true nor false", bool),
        (_NUMBERS, "no whole number", int),
        ((*_TEXTS, *TIMES, "on_behalf_of"), "no text", str),
        (LINKS, "no list", list),
        (("result", "history", members.RECURRENCE), "no object", dict),
    ):
        for name in names:
            value = content.get(name)
            if value is not None and not (isinstance(value, right) and _is_exactly(value, right)):
                raise Rejected(f"{name} is {what}.")


def _is_exactly(value: object, right: type) -> bool:
    return right is not int or not isinstance(value, bool)


def _check_offsets(content: Row) -> None:
    if calendar.has_days(content):
        return
    for name in TIMES:
        try:
            read = calendar.moment(content.get(name))
        except ValueError:
            raise Rejected(f"{name} is no time.") from None
        if read is not None and read.tzinfo is None:
            raise Rejected(f"{name} is no moment: it needs an hour and an offset, or isAllDay.")

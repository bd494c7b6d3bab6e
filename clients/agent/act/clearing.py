"""Clearing activities: Act! makes a history of each, and does not say which.

What an activity is cleared as decides the history's type, and nothing else does (act-web-api facts:
seen live).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime

from clients.agent.act import catalogues, kinds, tasks, texts
from clients.agent.act.appointments import CLEARED, TIMES, Order
from clients.agent.act.calendar import moment, stamp
from clients.agent.act.records import BadRecord, Row
from clients.agent.act.refusals import NotFound, QueryRefused
from clients.agent.act.rejections import Rejected
from clients.agent.act.work import Present, Work
from clients.agent.connectors.base import Chunk

HISTORY = "history"
NOT_SHOWN = "Act! does not show the history of it yet; it comes with a later sync."
_HISTORYS_TEXTS = ("subject", "details", *TIMES)


def request(work: Work, activity: Row, order: Order) -> Row:
    """What Act! is asked to clear an activity with; what the phone leaves out is its own.

    `activity` needs a type, times, a subject and details. Raises Rejected.
    """
    said = order.history
    for name in _HISTORYS_TEXTS:
        if not isinstance(said.get(name), str | None):
            raise Rejected(f"history.{name} is no text.")
    history = {name: said.get(name) or activity.get(name) for name in ("subject", *TIMES)}
    if said.get("details"):
        history["details"] = said["details"]
    for name in TIMES:
        _check_moment(name, history[name])
    # Without details of its own the history gets those of the activity.
    history |= {"includeDetailsToHistory": True, "isPrivate": False}
    return {"result": catalogues.result(work.line, activity, order.result), "history": history}


@dataclass(frozen=True)
class Done:
    """An activity that is cleared, and its history in `also`; `missing`: what that does not say."""

    present: Present
    also: Chunk
    missing: Sequence[str] = ()
    note: str = ""


def done(
    work: Work, id: str, letter: Row, present: Present, asked: Row | None, since: datetime
) -> Done:
    """Clear the activity with what is `asked`, unless it is cleared. Raises Rejected.

    `since`: from when on its history may be. `asked` is None where the office has cleared it.
    """
    if asked is not None and present.row.get(CLEARED) is not True:
        present = clear(work, id, letter, present, asked)
    made = history_of(work, present.row, since, asked)
    if made is None:
        return Done(present, Chunk(), note=NOT_SHOWN)
    missing = [] if asked is None else list(untaken(made, asked))
    return Done(present, tasks.taken(work, HISTORY, [made]), missing)


def clear(work: Work, id: str, letter: Row, present: Present, asked: Row) -> Present:
    """The activity once it is cleared. Whether it is already, whoever calls has looked."""
    path = kinds.clear_path(str(present.row["id"]))

    def send() -> Present:
        work.line.write("PUT", path, asked)
        return tasks.again(work, id, letter)

    return tasks.write(work, send, lambda: _if(tasks.again(work, id, letter), cleared=True))


def unclear(work: Work, id: str, letter: Row, present: Present) -> Present:
    """The activity once it is open again. The history that Act! made of it stays."""
    path = kinds.clear_path(str(present.row["id"]))

    def send() -> Present:
        work.line.write("DELETE", path)
        return tasks.again(work, id, letter)

    return tasks.write(work, send, lambda: _if(tasks.again(work, id, letter), cleared=False))


def history_of(work: Work, activity: Row, since: datetime, asked: Row | None) -> Row | None:
    """The history that Act! made of a cleared activity, None where it shows none.

    It was made at `since` or later, with what was `asked`, where that is known.
    """
    subject = activity.get("subject") if asked is None else asked["history"]["subject"]
    made = _own(work, activity, since) or [
        row
        for row in _of_contacts(work, activity, since)
        if (row.get("regarding") or "") == (subject or "")
    ]
    found = [row for row in made if _made_since(row, since)]
    # One that was read before may be another's of the same name.
    return max(found, key=lambda row: (not _is_known(work, row), row["created"]), default=None)


def since(activity: Row) -> datetime:
    """From when on the history may be, of an activity that was found cleared: its last edit.

    An edit after that would hide it, and the next reading brings it all the same.
    """
    try:
        edited = moment(activity.get("edited"))
    except ValueError:
        edited = None
    return _aware(edited or datetime.now(UTC)).replace(second=0, microsecond=0)


def untaken(made: Row, asked: Row) -> Iterator[str]:
    """What of the request is not in the history, by the members of the edit."""
    if made.get("historyTypeID") != asked["result"]["id"]:
        yield "result"
    said, found = (
        texts.plain(str(text or ""))[0].split()
        for text in (asked["history"].get("details"), made.get("details"))
    )
    if " ".join(said) not in " ".join(found):
        yield "history.details"


def _if(present: Present, *, cleared: bool) -> Present | None:
    return present if (present.row.get(CLEARED) is True) is cleared else None


def _own(work: Work, activity: Row, since: datetime) -> list[Row]:
    """The histories of the activity itself, none where Act! does not tell them."""
    try:
        return list(_listed(work, kinds.made_of_path(str(activity["id"])), since))
    except (NotFound, QueryRefused):
        return []


def _of_contacts(work: Work, activity: Row, since: datetime) -> Iterator[Row]:
    for link in activity.get("contacts") or ():
        with suppress(NotFound, QueryRefused):
            yield from _listed(work, kinds.history_path("contact", str(link.get("id"))), since)


def _listed(work: Work, path: str, since: datetime) -> Iterator[Row]:
    can = work.opened.can.kinds[HISTORY]
    edited = f"edited ge {stamp(since)}"
    return work.listed(HISTORY, path, edited if can.edited_filter else None)


def _made_since(row: Row, since: datetime) -> bool:
    try:
        made = moment(row.get("created"))
    except ValueError:
        return False
    return made is not None and _aware(made) >= since


def _is_known(work: Work, row: Row) -> bool:
    try:
        return work.state.row(HISTORY, work.judging.key(HISTORY, row).id) is not None
    except BadRecord:
        return True


def _aware(read: datetime) -> datetime:
    return read if read.tzinfo else read.replace(tzinfo=UTC)


def _check_moment(name: str, value: object) -> None:
    try:
        if moment(value) is not None:
            return
    except ValueError:
        pass
    raise Rejected(f"history.{name} is no time.")

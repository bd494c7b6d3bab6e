"""The audit trail in words: one sentence for every action that any room records."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from accounts.audit import Event
from hhcportal.pages.labels import role_word
from sync.findings import words

Detail = dict[str, Any]
PEER = "peer:"


def actor(said: str) -> str:
    """Who did it: a person by their e-mail, a program by its name, or who runs the mailbox."""
    if said == "operator":
        return _("The mailbox's operator")
    if said.startswith(PEER):
        return words.shown(said.removeprefix(PEER), 80)
    return words.shown(said, 80)


def sentence(event: Event) -> str:
    """What was done. An action that an earlier or later release recorded stands under its code."""
    known = WORDS.get(event.action)
    return known(event.detail) if known else words.shown(event.action)


def _named(text: Callable[[], str]) -> Callable[[Detail], str]:
    return lambda detail: text() % {"name": _name(detail, "name")}


def _name(detail: Detail, member: str) -> str:
    return words.shown(str(detail.get(member) or "–"))


def _state(detail: Detail) -> str:
    state = words.state_of_account(str(detail.get("state")))
    until = _time(detail.get("ends_at"))
    if until is None:
        return _("The account was set to “%(state)s”, without an end.") % {"state": state}
    day = words.last_day(until)
    return _("The account was set to “%(state)s” until %(day)s.") % {"state": state, "day": day}


def _time(text: object) -> datetime | None:
    return parse_datetime(text) if isinstance(text, str) else None


def _paired(detail: Detail) -> str:
    return _("Was connected as %(role)s.") % {"role": role_word(str(detail.get("role")))}


def _code(detail: Detail) -> str:
    role = role_word(str(detail.get("role")))
    return _("A pairing code was made for: %(role)s.") % {"role": role}


def _interval(detail: Detail) -> str:
    told = {"role": role_word(str(detail.get("role"))), "minutes": detail.get("minutes")}
    return _("The interval was set to %(minutes)s minutes: %(role)s.") % told


def _copy(detail: Detail) -> str:
    if detail.get("keep"):
        return _("“Keep a copy” was switched on.")
    return _("“Keep a copy” was switched off.")


def _renamed(detail: Detail) -> str:
    told = {"before": _name(detail, "before"), "name": _name(detail, "name")}
    return _("%(before)s was renamed to %(name)s.") % told


def _person(detail: Detail) -> str:
    return _("%(name)s was added to the account.") % {"name": _name(detail, "email")}


def _storage(detail: Detail) -> str:
    return _("The storage time was set to %(days)s days.") % {"days": detail.get("days")}


def _grace(detail: Detail) -> str:
    minutes = detail.get("minutes")
    if minutes is None:
        return _("The grace was set to one interval.")
    return _("The grace was set to %(minutes)s minutes.") % {"minutes": minutes}


def _office_hours(detail: Detail) -> str:
    if not detail.get("days"):
        return _("Office hours were switched off.")
    told = {name: detail.get(name, "–") for name in ("opens", "closes")}
    return _("Office hours were set: from %(opens)s to %(closes)s.") % told


WORDS: dict[str, Callable[[Detail], str]] = {
    "account-opened": lambda detail: _("The account was opened."),
    "account-renamed": _renamed,
    "person-added": _person,
    "staff-set": lambda detail: (
        _("The standing of %(name)s was changed.") % {"name": _name(detail, "email")}
    ),
    "code-made": _code,
    "paired": _paired,
    "retired": _named(lambda: _("%(name)s was replaced by a new server.")),
    "revoked": _named(lambda: _("%(name)s was revoked.")),
    "unpaired": _named(lambda: _("%(name)s has left by itself.")),
    "erased": _named(lambda: _("%(name)s confirmed that it is erased.")),
    "peer-renamed": _renamed,
    "state-set": _state,
    "interval-set": _interval,
    "copy-set": _copy,
    "storage-set": _storage,
    "grace-set": _grace,
    "office-hours-set": _office_hours,
    "batches-retried": _named(lambda: _("What %(name)s had sent in vain was tried again.")),
    "new-epoch": lambda detail: _("The mailbox began anew after a restore."),
    "resend-all": _named(lambda: _("%(name)s was asked to send everything again.")),
    "wake-up": _named(lambda: _("%(name)s was to be woken.")),
    "sync-now": _named(lambda: _("%(name)s was asked to sync.")),
    "erase": _named(lambda: _("%(name)s was asked to erase itself.")),
    "resync": _named(lambda: _("%(name)s began again: it collects everything.")),
}

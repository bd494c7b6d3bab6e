"""Words for the contract's words."""

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from sync.findings import words


def presence_word(presence: str) -> str:
    """`awake late asleep never` in words."""
    return {
        "awake": _("awake"),
        "late": _("late"),
        "asleep": _("asleep"),
        "never": _("not seen yet"),
    }[presence]


def peer_state_word(state: str) -> str:
    """`active retired revoked unpaired erased` in words."""
    return {
        "active": _("connected"),
        "retired": _("replaced by another server"),
        "revoked": _("revoked"),
        "unpaired": _("unpaired by itself"),
        "erased": _("erased"),
    }[state]


def result_word(result: str | None) -> str:
    """A session's result in words; None: it is still open."""
    return {
        "ok": _("successful"),
        "failed": _("failed"),
        "interrupted": _("interrupted"),
    }.get(result or "", _("under way"))


def reason_word(reason: str) -> str:
    """Why a session began."""
    return {
        "scheduled": _("schedule"),
        "manual": _("by hand"),
        "wake-up": _("wake-up"),
        "start": _("start"),
        "retry": _("new try"),
    }.get(reason, _("direct"))


def kinds(by_kind: dict[str, int], at_most: int = 4) -> str:
    """What waits, by kind: `Contacts 9, Notes 3`."""
    known = {
        "contact": _("Contacts"),
        "secondary_contact": _("Secondary contacts"),
        "company": _("Companies"),
        "group": _("Groups"),
        "history": _("Histories"),
        "note": _("Notes"),
        "activity": _("Activities"),
        "opportunity": _("Opportunities"),
        "field": _("Fields"),
    }
    parts = [f"{known.get(kind, kind)} {words.number(n)}" for kind, n in by_kind.items()]
    if len(parts) > at_most:
        rest = sum(list(by_kind.values())[at_most:])
        parts = [*parts[:at_most], _("others %(count)s") % {"count": words.number(rest)}]
    return ", ".join(parts)


def platform(told: str) -> str:
    """An operating system's name as its maker writes it."""
    known = {
        "android": "Android",
        "ios": "iOS",
        "ipados": "iPadOS",
        "windows": "Windows",
        "linux": "Linux",
        "darwin": "macOS",
    }
    return known.get(told.lower(), words.shown(told) if told else "")


def command_word(do: str) -> str:
    """`resend-all sync-now erase` in the words of their buttons."""
    return {
        "resend-all": _("Resend All Data"),
        "sync-now": _("Sync Now"),
        "erase": _("Erase"),
    }[do]


def command_state_word(state: str) -> str:
    """`requested fetched done failed superseded` in words."""
    return {
        "requested": _("asked for"),
        "fetched": _("fetched"),
        "done": _("confirmed"),
        "failed": _("failed"),
        "superseded": _("no longer needed"),
    }[state]


def kind_word(kind: str) -> str:
    """A record's kind in the singular; one that is not known as it was sent."""
    return {
        "contact": _("Contact"),
        "secondary_contact": _("Secondary contact"),
        "company": _("Company"),
        "group": _("Group"),
        "history": _("History"),
        "note": _("Note"),
        "activity": pgettext("kind of record", "Activity"),
        "opportunity": _("Opportunity"),
        "field": pgettext("kind of record", "Field"),
    }.get(kind, kind)


def operation_word(op: str) -> str:
    """`put` or `delete` in words."""
    return {"put": _("written"), "delete": _("deleted")}[op]


def batch_state_word(state: str) -> str:
    """`received applied failed` in words."""
    return {
        "received": _("being sorted in"),
        "applied": _("sorted in"),
        "failed": _("could not be stored"),
    }[state]


def edit_state_word(state: str) -> str:
    """What became of an edit from a phone."""
    return {
        "waiting": _("waits for the office"),
        "collected": _("collected by the office, not answered yet"),
        "applied": _("taken over by the office"),
        "conflict": _("changed in the office meanwhile"),
        "rejected": _("refused by the office"),
        "expired": _("never collected by the office"),
    }[state]


def role_word(role: str) -> str:
    """`server` or `device` in words; another as it was said."""
    return {"server": _("Act! server"), "device": _("Device")}.get(role, words.shown(role))

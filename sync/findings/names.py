"""Each finding's short name, for lists of many accounts."""

from django.utils.translation import gettext_lazy as _

NAMES = {
    "account-inactive": _("account not active"),
    "server-asleep": _("Act! server silent"),
    "server-slept": _("Act! server slept"),
    "device-asleep": _("device asleep"),
    "wake-up-impossible": _("device cannot be woken"),
    "shared-mailbox": _("pairing used twice"),
    "sync-failing": _("sync fails"),
    "edits-refused": _("edits not taken over"),
    "subscription-ending": _("ends soon"),
    "never-synced": _("never synced"),
    "records-refused": _("records refused"),
    "batch-failed": _("delivery failed"),
    "mailbox-slow": _("mailbox slow"),
    "device-stuck": _("device stuck"),
    "resync-needed": _("begins again"),
    "waiting-long": _("waiting for long"),
    "mailbox-full": _("mailbox full"),
    "clock-wrong": _("clock wrong"),
    "client-outdated": _("program outdated"),
    "peer-revoked": _("revoked"),
}


def name_of(code: str) -> str:
    """A finding's name; the code itself where a newer release found what this one does not know."""
    return str(NAMES.get(code, code))

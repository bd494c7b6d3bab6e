"""Names, times, spans and numbers as people read them, in the language and zone now active."""

import re
import unicodedata
from datetime import date, datetime, timedelta

from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

NAME_IN_SENTENCE = 48
GROUPED_FROM = 10_000
# Of what the decoder says of a change, the field is what people can look up.
_PLACE = re.compile(r" - at `\$\.?([^`]+)`")
INVISIBLE = ("Cc", "Cf", "Cs", "Co", "Zl", "Zp", "Zs")


def shown(name: str, at_most: int = NAME_IN_SENTENCE) -> str:
    """A name that somebody typed, fit for one line: no control or direction characters, cut."""
    visible = "".join(" " if unicodedata.category(c) in INVISIBLE else c for c in name)
    line = " ".join(visible.split())
    if len(line) > at_most:
        line = line[: at_most - 1].rstrip() + "…"
    return line or _("(no name)")


def moment(at: datetime, now: datetime) -> str:
    """A time by its nearness: `08:12`, `yesterday 17:20`, `23 Nov, 08:12`, `23 Nov 2025, 08:12`."""
    local, today = timezone.localtime(at), timezone.localtime(now).date()
    clock = date_format(local, "H:i")
    if local.date() == today:
        return clock
    if local.date() == today - timedelta(days=1):
        return _("yesterday %(time)s") % {"time": clock}
    if local.date() == today + timedelta(days=1):
        return _("tomorrow %(time)s") % {"time": clock}
    if abs(local.date() - today) < timedelta(days=300):
        # Translators: a date format of Django, day and month, then the time.
        return date_format(local, _("j M, H:i"))
    # Translators: a date format of Django with the year.
    return date_format(local, _("j M Y, H:i"))


def exact(at: datetime) -> str:
    """A time to the second, with its zone."""
    # Translators: a date format of Django with the year, to the second, with the zone.
    return date_format(timezone.localtime(at), _("j M Y, H:i:s T"))


def minute(at: datetime) -> str:
    """A time to the minute, with its zone."""
    # Translators: a date format of Django with the year, to the minute, with the zone.
    return date_format(timezone.localtime(at), _("j M Y, H:i T"))


def day(at: datetime) -> str:
    """A date."""
    # Translators: a date format of Django, a day with its year.
    return date_format(timezone.localtime(at), _("j M Y"))


def weekday(number: int) -> str:
    """A day's name; 1 is Monday."""
    return date_format(date(2024, 1, number), "l")  # the first of that month was one


def last_day(ends_at: datetime) -> str:
    """The last day of what ends at `ends_at`, which is the first moment after it."""
    return day(ends_at - timedelta(microseconds=1))


def span(length: timedelta) -> str:
    """How long: `40 s`, `12 min`, `2 h 40 min`, `3 days`."""
    seconds = max(0, int(length.total_seconds()))
    if seconds < 60:
        return _("%(count)s s") % {"count": seconds}
    minutes = seconds // 60
    if minutes < 60:
        return _("%(count)s min") % {"count": minutes}
    hours, minutes = divmod(minutes, 60)
    if hours < 48:
        if not minutes:
            return _("%(count)s h") % {"count": hours}
        return _("%(hours)s h %(minutes)s min") % {"hours": hours, "minutes": minutes}
    return ngettext("%(count)s day", "%(count)s days", hours // 24) % {"count": hours // 24}


def ago(at: datetime, now: datetime) -> str:
    """How long ago, or in how long: `2 min ago`, `in 13 min`."""
    length = now - at
    if abs(length) < timedelta(seconds=5):
        return _("just now")
    days = int(abs(length).total_seconds()) // 86_400
    if length > timedelta(0):
        if days >= 2:
            return ngettext("%(count)s day ago", "%(count)s days ago", days) % {"count": days}
        return _("%(span)s ago") % {"span": span(length)}
    if days >= 2:
        return ngettext("in %(count)s day", "in %(count)s days", days) % {"count": days}
    return _("in %(span)s") % {"span": span(-length)}


def number(count: int) -> str:
    """A count; from five digits on in groups."""
    return str(number_format(count, use_l10n=True, force_grouping=abs(count) >= GROUPED_FROM))


def size(count: int) -> str:
    """So many bytes: `640 KB`, `12 MB`, `5 GB`, by thousands and rounded."""
    for unit in ("B", "KB", "MB"):
        if count < 1000:
            return f"{count} {unit}"
        count = round(count / 1000)
    return f"{number(count)} GB"


def records(count: int) -> str:
    """So many records."""
    return ngettext("%(count)s record", "%(count)s records", count) % {"count": number(count)}


def changes(count: int) -> str:
    """So many changes, made on a phone."""
    return ngettext("%(count)s change", "%(count)s changes", count) % {"count": number(count)}


def state_of_account(state: str) -> str:
    """`active`, `trial`, `suspended` or `expired` in words."""
    return {
        "active": _("active"),
        "trial": _("trial"),
        "suspended": _("suspended"),
        "expired": _("expired"),
    }[state]


def refusal(kind: str, record_id: str, code: str, detail: str) -> str:
    """A change that was refused alone: its record, where it could be read, and the reason."""
    word = {
        "change-invalid": _("not of the agreed form"),
        "data-too-large": _("too large"),
        "data-invalid": _("unreadable content"),
    }.get(code, shown(code))
    place = _PLACE.search(detail)
    reason = f"{word} ({shown(place[1], 160)})" if place else word
    return f"{kind} {record_id}: {reason}" if kind else reason

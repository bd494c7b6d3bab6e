"""The last seven days as a picture: a lane a station, and the same facts as words."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sync.findings import words
from sync.findings.facts import AccountFacts, PeerFacts
from sync.findings.week import Lane, Stretch, lanes

DAYS = 7
# The picture is drawn as wide as its place: a day is so many units, a mark has so many to itself.
DAY, MARK = 240, 15
AXIS = 11
BARS_SAID = 3


class Bar(NamedTuple):
    """A stretch of a lane, in units. `sort`: `silent`, `slept` or `waited`."""

    sort: str
    x: int
    width: int


class Day(NamedTuple):
    """A day of one lane in words; without `facts` nothing is known of it."""

    facts: tuple[str, ...]
    label: str
    syncs: int
    sent: int
    received: int
    remarks: tuple[str, ...]


@dataclass(frozen=True)
class Drawn:
    """A lane's bars and marks, the latter as paths, and its days in words."""

    peer: PeerFacts
    bars: tuple[Bar, ...]
    sent: str
    received: str
    idle: str
    failed: str
    woken: str
    days: tuple[Day, ...]


@dataclass(frozen=True)
class Week:
    """The picture. `midnights` and `now` are places in units, `names` those of the days."""

    lanes: tuple[Drawn, ...]
    names: tuple[str, ...]
    midnights: tuple[int, ...]
    now: int
    width: int = DAYS * DAY


def draw(facts: AccountFacts, account_id: int, now: datetime) -> Week:
    """Today and the six days before it, in the zone now active."""
    days = _midnights(now)
    found = lanes(facts, account_id, since=days[0], now=now)
    return Week(
        lanes=tuple(_lane(lane, days, now) for lane in found),
        names=(*(date_format(timezone.localtime(day), "D j") for day in days[:-2]), _("today")),
        midnights=tuple(range(DAY, DAYS * DAY, DAY)),
        now=_place(now, days),
    )


def _midnights(now: datetime) -> tuple[datetime, ...]:
    """The beginnings of the seven days, and the end of today: eight moments."""
    today = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    dates = [today.date() + timedelta(days=nth) for nth in range(1 - DAYS, 2)]
    return tuple(
        timezone.make_aware(datetime(date.year, date.month, date.day))  # noqa: DTZ001 - made aware
        for date in dates
    )


def _place(at: datetime, days: Sequence[datetime]) -> int:
    """Where a moment lies. Every day is as wide, also one of 23 or 25 hours."""
    nth = max((n for n in range(DAYS) if days[n] <= at), default=0)
    return nth * DAY + round(DAY * ((at - days[nth]) / (days[nth + 1] - days[nth])))


def _lane(lane: Lane, days: Sequence[datetime], now: datetime) -> Drawn:
    sorts = {"silent": lane.silent, "slept": lane.slept, "waited": lane.waited}
    return Drawn(
        peer=lane.peer,
        bars=tuple(
            Bar(sort, left := _place(stretch.since, days),
                max(4, _place(stretch.until, days) - left))
            for sort, stretches in sorts.items()
            for stretch in stretches
        ),
        sent=_strokes((s.began for s in lane.syncs if s.sent), days, -8),
        received=_strokes((s.began for s in lane.syncs if s.received), days, 8),
        idle=_dots((s.began for s in lane.syncs if not s.sent and not s.received), days),
        failed=_dots((s.began for s in lane.syncs if s.failed), days),
        woken=_hooks(lane.wake_ups, days),
        days=tuple(_day(lane, days[nth], days[nth + 1], now) for nth in range(DAYS)),
    )  # fmt: skip


def _slots(moments: Iterable[datetime], days: Sequence[datetime]) -> list[int]:
    """Where marks stand: neighbours closer than a mark's place share one."""
    return sorted({_place(moment, days) // MARK * MARK + MARK // 2 for moment in moments})


def _strokes(moments: Iterable[datetime], days: Sequence[datetime], length: int) -> str:
    return "".join(f"M{x} {AXIS}v{length}" for x in _slots(moments, days))


def _dots(moments: Iterable[datetime], days: Sequence[datetime]) -> str:
    return "".join(f"M{x} {AXIS}h.01" for x in _slots(moments, days))


def _hooks(moments: Iterable[datetime], days: Sequence[datetime]) -> str:
    """An arrow's head above the lane, pointing at it."""
    return "".join(f"M{x - 5} 0l5 4l5 -4" for x in _slots(moments, days))


def _day(lane: Lane, begins: datetime, ends: datetime, now: datetime) -> Day:
    name = date_format(timezone.localtime(begins), "D j M")
    syncs = [sync for sync in lane.syncs if begins <= sync.began < ends]
    sent, received = sum(s.sent for s in syncs), sum(s.received for s in syncs)
    count, failed = sum(s.sessions for s in syncs), sum(s.failed for s in syncs)
    remarks = tuple(_remarks(lane, begins, ends, now))
    if failed:
        remarks = (_("failed: %(count)s") % {"count": words.number(failed)}, *remarks)
    facts: list[str] = []
    if count:
        facts.append(
            ngettext("%(count)s sync", "%(count)s syncs", count) % {"count": words.number(count)}
        )
        facts.append(_("sent %(count)s") % {"count": words.number(sent)})
        facts.append(_("received %(count)s") % {"count": words.number(received)})
    label = f"{name} · {words.shown(lane.peer.name)}"
    return Day((*facts, *remarks), label, count, sent, received, remarks)


def _remarks(lane: Lane, begins: datetime, ends: datetime, now: datetime) -> Iterator[str]:
    for text, stretches in (
        (_("silent %(times)s"), lane.silent),
        (_("asleep %(times)s, by its own report"), lane.slept),
        (_("something waited %(times)s"), lane.waited),
    ):
        parts = [s for s in stretches if s.since < ends and s.until > begins]
        if parts:
            yield text % {"times": _some([_times(part, begins, ends, now) for part in parts])}
    woken = [
        date_format(timezone.localtime(at), "H:i") for at in lane.wake_ups if begins <= at < ends
    ]
    if woken:
        yield _("woken %(times)s") % {"times": _some(woken)}


def _some(times: Sequence[str]) -> str:
    return ", ".join(times[:BARS_SAID]) + (", …" if len(times) > BARS_SAID else "")


def _times(part: Stretch, begins: datetime, ends: datetime, now: datetime) -> str:
    """`22:03–06:48`, cut to the day; what lasts to this moment is `since 08:12`."""
    since = date_format(timezone.localtime(max(part.since, begins)), "H:i")
    if part.until >= now:
        return _("since %(time)s") % {"time": since}
    until = "24:00" if part.until >= ends else date_format(timezone.localtime(part.until), "H:i")
    return f"{since}–{until}"

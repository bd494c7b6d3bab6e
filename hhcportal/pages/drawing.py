"""The way of the data as two drawings: one for wide places, one for a phone's width.

Measures are the drawing's own units, near a pixel each. Text does not wrap in a drawing, so what
is long is cut to its place; the page tells it in full in the cards and in the table beside it.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hhcportal.pages.way import Lane, Stop, Way
from sync.findings import words

NAME, SMALL = 7.9, 6.4  # the mean width of a character, by its size


class Label(NamedTuple):
    """Words at a place; `anchor`: `start`, `middle` or `end`."""

    x: int
    y: int
    text: str
    anchor: str = "middle"


class Arrow(NamedTuple):
    """A stretch of the way: its line, its head, its words."""

    lane: Lane
    line: str
    head: str
    labels: tuple[Label, ...]


class Station(NamedTuple):
    """What stands at a place: a name, a line below it, and a state behind its shape.

    `concerned`: a finding is about it.
    """

    name: str
    state: str
    shape: str
    line: str = ""
    presence: str = ""
    concerned: bool = False


@dataclass(frozen=True)
class Box:
    """A station where it is drawn."""

    station: Station
    x: int
    y: int
    width: int
    height: int

    @property
    def name(self) -> str:
        return cut(self.station.name, self.width - 28, NAME)

    @property
    def line(self) -> str:
        return cut(self.station.line, self.width - 28, SMALL)

    @property
    def state(self) -> str:
        return cut(self.station.state, self.width - 46, SMALL)


@dataclass(frozen=True)
class Drawing:
    """All of it. `spine` is the line from which a narrow drawing's devices branch off."""

    layout: str
    width: int
    height: int
    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]
    spine: str = ""


class _Device(NamedTuple):
    station: Station
    to_mailbox: Lane | None = None
    from_mailbox: Lane | None = None


def cut(text: str, room: int, size: float) -> str:
    """As much of a text as has room there, where a character is `size` wide on average."""
    left = room - size
    for nth, sign in enumerate(text):
        wide = unicodedata.east_asian_width(sign) in "WF" or sign in "WM@"
        left -= size * (1.9 if wide else 1)
        if left < -size:
            return f"{text[:nth].rstrip()}…"
    return text


def drawings(way: Way) -> tuple[Drawing, Drawing]:
    """The wide one and the narrow one."""
    devices = _devices(way)
    return _wide(way, devices), _narrow(way, devices)


def _devices(way: Way) -> list[_Device]:
    """Who is drawn on the devices' side: each alone, or the quiet ones of a crowd together."""
    drawn = [
        _Device(_of_peer(stop), stop.to_mailbox, stop.from_mailbox)
        for stop in way.devices
        if stop not in way.together
    ]
    if way.together:
        drawn.append(_together(way.together, alone=not drawn))
    return drawn or [_Device(Station(_("Devices"), _("none yet"), "never", presence="absent"))]


def _together(quiet: Sequence[Stop], *, alone: bool) -> _Device:
    count = {"count": words.number(len(quiet))}
    name = (
        ngettext("%(count)s device", "%(count)s devices", len(quiet))
        if alone
        else ngettext("%(count)s more device", "%(count)s more devices", len(quiet))
    ) % count
    station = Station(name, quiet[0].presence_word, "awake", presence="awake")
    return _Device(station, quiet[0].to_mailbox, quiet[0].from_mailbox)


def _of_peer(stop: Stop) -> Station:
    name, presence = words.shown(stop.peer.name), stop.presence
    return Station(name, _state(stop), presence, "", presence, stop.concerned)


def _state(stop: Stop) -> str:
    return " · ".join(filter(None, (stop.presence_word, stop.heard)))


def _server(way: Way) -> Station:
    stop, title = way.server, _("Act! server")
    if stop is None:
        return Station(title, _("not connected yet"), "never", presence="absent")
    name = words.shown(stop.peer.name)
    return Station(title, _state(stop), stop.presence, name, stop.presence, stop.concerned)


def _mailbox(way: Way) -> Station:
    shape = "critical" if way.trouble else "moving" if way.unsorted else "good"
    records, concerned = words.records(way.records), bool(way.trouble)
    return Station(_("Mailbox"), way.state, shape, records, "mailbox", concerned)


# Arrows run so far beside the middle of their station; their words keep clear of them.
_BESIDE, _ABOVE, _BELOW = 9, -17, 26


def _said(lane: Lane) -> str:
    return " · ".join(filter(None, (lane.text, lane.age)))


def _right(x: int, y: int) -> str:
    """An arrow's head that points to the right, its tip at x, y."""
    return f"M{x} {y}l-9 -5v10z"


def _left(x: int, y: int) -> str:
    return f"M{x} {y}l9 -5v10z"


def _wide(way: Way, devices: Sequence[_Device]) -> Drawing:
    pitch, height = 84, max(124, 84 * len(devices) + 4)
    middle, tall = height // 2, 84
    trunk = max(tall, 22 * len(devices) + 24)
    boxes = [
        Box(_server(way), 1, middle - tall // 2, 196, tall),
        Box(_mailbox(way), 350, middle - trunk // 2, 172, trunk),
    ]
    arrows = []
    if way.server is not None:
        arrows += [
            Arrow(way.server.to_mailbox, f"M203 {middle - _BESIDE}H338",
                  _right(346, middle - _BESIDE),
                  (Label(273, middle + _ABOVE, _said(way.server.to_mailbox)),)),
            Arrow(way.server.from_mailbox, f"M344 {middle + _BESIDE}H209",
                  _left(201, middle + _BESIDE),
                  (Label(273, middle + _BELOW, _said(way.server.from_mailbox)),)),
        ]  # fmt: skip
    top = middle - (len(devices) - 1) * pitch // 2
    port = (trunk - 30) / max(1, len(devices) - 1) if len(devices) > 1 else 0
    for nth, device in enumerate(devices):
        y = top + nth * pitch
        leaves = round(middle + (nth - (len(devices) - 1) / 2) * port)
        boxes.append(Box(device.station, 757, y - 31, 202, 62))
        arrows += _fanned(device, leaves, y)
    return Drawing("wide", 960, height, tuple(boxes), tuple(arrows))


def _fanned(device: _Device, leaves: int, y: int) -> list[Arrow]:
    """The two curves between the mailbox, left at height `leaves`, and a device at height `y`."""
    if device.to_mailbox is None or device.from_mailbox is None:
        return []
    away, back = y - _BESIDE, y + _BESIDE
    return [
        Arrow(
            device.from_mailbox,
            f"M527 {leaves - 7}C570 {leaves - 7} 562 {away} 606 {away}H745",
            _right(753, away),
            (Label(676, y + _ABOVE, _said(device.from_mailbox)),),
        ),
        Arrow(
            device.to_mailbox,
            f"M751 {back}H606C562 {back} 574 {leaves + 7} 536 {leaves + 7}",
            _left(527, leaves + 7),
            (Label(676, y + _BELOW, _said(device.to_mailbox)),),
        ),
    ]


def _narrow(way: Way, devices: Sequence[_Device]) -> Drawing:
    tall, gap, pitch = 80, 64, 88
    below = tall + gap
    boxes = [Box(_server(way), 1, 1, 334, tall), Box(_mailbox(way), 1, below, 334, tall)]
    arrows = _upright(way.server, tall, below) if way.server else []
    first = below + tall + 52
    for nth, device in enumerate(devices):
        y = first + nth * pitch
        boxes.append(Box(device.station, 156, y - 31, 179, 62))
        arrows += _branching(device, y)
    last = first + (len(devices) - 1) * pitch
    spine = f"M12 {below + tall}V{last + _BESIDE}" if way.devices else ""
    return Drawing("narrow", 336, last + 40, tuple(boxes), tuple(arrows), spine)


def _upright(server: Stop, top: int, bottom: int) -> list[Arrow]:
    middle = (top + bottom) // 2
    return [
        Arrow(
            server.to_mailbox,
            f"M156 {top + 6}V{bottom - 12}",
            f"M156 {bottom - 4}l-5 -9h10z",
            _beside(server.to_mailbox, 144, middle, "end"),
        ),
        Arrow(
            server.from_mailbox,
            f"M180 {bottom - 6}V{top + 13}",
            f"M180 {top + 5}l-5 9h10z",
            _beside(server.from_mailbox, 192, middle, "start"),
        ),
    ]


def _beside(lane: Lane, x: int, y: int, anchor: str) -> tuple[Label, ...]:
    if not lane.age:
        return (Label(x, y + 4, lane.text, anchor),)
    return (Label(x, y - 4, lane.text, anchor), Label(x, y + 12, lane.age, anchor))


def _branching(device: _Device, y: int) -> list[Arrow]:
    """The two lines between the spine and a device at height `y`."""
    if device.to_mailbox is None or device.from_mailbox is None:
        return []
    away, back, lane = y - _BESIDE, y + _BESIDE, device.from_mailbox
    labels = [Label(84, y + _ABOVE, lane.age or lane.text)]
    if lane.age:
        labels.append(Label(84, y + _ABOVE - 15, lane.text))
    return [
        Arrow(lane, f"M12 {away}H144", _right(152, away), tuple(labels)),
        Arrow(
            device.to_mailbox,
            f"M150 {back}H22",
            _left(14, back),
            (Label(84, y + _BELOW, _said(device.to_mailbox)),),
        ),
    ]

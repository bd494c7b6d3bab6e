"""The demo's processes: agent, two devices, their push service, and people who keep them busy.

And the office's Act! server, unless the office has CSV files.
"""

import sys
from collections.abc import Mapping
from typing import NamedTuple

from hhcportal.run.demo.folders import ACT, PARTS
from hhcportal.run.demo.play import NOT_PAIRED
from hhcportal.run.places import Places
from hhcportal.run.processes import Child, Command

PUSH = "push-service"
ACT_SERVER = "act-server"
EDITOR = "editor"
LEAVES_ON = frozenset({0, NOT_PAIRED})
"""Codes of a client that was erased, revoked or replaced: it stays away until the next start."""


class Ports(NamedTuple):
    """Where the push service takes pushes, where the device that it wakes does, where Act! is."""

    push: int
    device: int
    act: int


class Known(NamedTuple):
    """For which account the demo plays, and where its mailbox is."""

    account: str
    url: str
    ports: Ports


def names(connector: str) -> tuple[str, ...]:
    """The processes for an office with this connector, in the order of their start."""
    office = (ACT_SERVER,) if connector == ACT else ()
    return tuple(f"demo-{name}" for name in (PUSH, *office, *PARTS, EDITOR))


def start(name: str, places: Places, environment: Mapping[str, str], known: Known) -> Child:
    """Start one of `names`."""
    part = name.removeprefix("demo-")
    words: tuple[str, ...] = ("hhcportal.run.demo.editor", str(known.ports.act))
    if part == PUSH:
        words = ("hhcportal.run.demo.push_service", str(known.ports.push))
    elif part == ACT_SERVER:
        words = ("hhcportal.run.demo.act_server", str(known.ports.act))
    elif part in PARTS:
        words = ("hhcportal.run.demo.play", part, known.account, known.url, *map(str, known.ports))
    return Child(Command(name, (sys.executable, "-m", *words), environment), places)

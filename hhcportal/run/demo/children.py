"""The demo's processes: agent, two devices, their push service, and people who keep them busy."""

import sys
from collections.abc import Mapping
from typing import NamedTuple

from hhcportal.run.demo.folders import PARTS
from hhcportal.run.demo.play import NOT_PAIRED
from hhcportal.run.places import Places
from hhcportal.run.processes import Child, Command

PUSH = "push-service"
NAMES = tuple(f"demo-{name}" for name in (PUSH, *PARTS, "editor"))
LEAVES_ON = frozenset({0, NOT_PAIRED})
"""Codes of a client that was erased, revoked or replaced: it stays away until the next start."""


class Ports(NamedTuple):
    """Where the push service takes pushes, and where the device that it wakes does."""

    push: int
    device: int


class Known(NamedTuple):
    """For which account the demo plays, and where its mailbox is."""

    account: str
    url: str
    ports: Ports


def start(name: str, places: Places, environment: Mapping[str, str], known: Known) -> Child:
    """Start one of NAMES."""
    part = name.removeprefix("demo-")
    words: tuple[str, ...] = ("hhcportal.run.demo.editor",)
    if part == PUSH:
        words = ("hhcportal.run.demo.push_service", str(known.ports.push))
    elif part in PARTS:
        words = ("hhcportal.run.demo.play", part, known.account, known.url, *map(str, known.ports))
    return Child(Command(name, (sys.executable, "-m", *words), environment), places)

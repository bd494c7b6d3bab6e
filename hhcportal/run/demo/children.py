"""The demo's processes: the agent, two devices, and the people who give them something to do."""

import sys
from collections.abc import Mapping

from hhcportal.run.demo.folders import PARTS
from hhcportal.run.demo.play import NOT_PAIRED
from hhcportal.run.places import Places
from hhcportal.run.processes import Child, Command

NAMES = tuple(f"demo-{name}" for name in (*PARTS, "editor"))
LEAVES_ON = frozenset({0, NOT_PAIRED})
"""Codes of a client that was erased, revoked or replaced: it stays away until the next start."""


def start(
    name: str, places: Places, environment: Mapping[str, str], *, account: str, url: str
) -> Child:
    """Start one of NAMES for the account, whose mailbox is at `url`."""
    part = name.removeprefix("demo-")
    module = "hhcportal.run.demo.play" if part in PARTS else "hhcportal.run.demo.editor"
    words = (part, account, url) if part in PARTS else ()
    return Child(Command(name, (sys.executable, "-m", module, *words), environment), places)

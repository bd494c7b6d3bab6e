"""Where the demo keeps its files, and who takes part in it."""

import os
from dataclasses import dataclass
from pathlib import Path

from hhcportal.run.places import Places
from hhcportal.run.steps import Refusal

ACT, CSV = CONNECTORS = ("act", "csv")
FILES = {
    "companies": "company",
    "contacts": "contact",
    "activities": "activity",
    "notes": "note",
    "histories": "history",
    "opportunities": "opportunity",
}
"""Each file's stem and the kind of its records."""


@dataclass(frozen=True)
class Part:
    """A program of the demo; `shown_as` is its name in the portal.

    `every` is its interval; an awake device has none, and collects what comes as it comes, nor has
    one in deep sleep, which `sleeps` until it is woken.
    """

    name: str
    module: str
    role: str
    shown_as: str
    every: str
    sleeps: bool = False


AGENT = Part("agent", "clients.agent", "server", "BUERO-PC", "1m")
PHONE = Part("phone", "clients.device", "device", "Pixel 9 (Anna)", "")
TABLET = Part("tablet", "clients.device", "device", "Tablet (Bernd)", "", sleeps=True)
PARTS = {part.name: part for part in (AGENT, PHONE, TABLET)}


def connector() -> str:
    """Where the office's records are, as `DEMO_CONNECTOR` says. Raises Refusal for any other."""
    named = os.environ.get("DEMO_CONNECTOR") or ACT
    if named not in CONNECTORS:
        raise Refusal(f"DEMO_CONNECTOR={named} is unknown: write {ACT} or {CSV}.")
    return named


def folder() -> Path:
    return Places.from_environment().var / "demo"


def source() -> Path:
    """The office's records where they are CSV files."""
    return folder() / "records"

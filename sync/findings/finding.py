"""The shape of a finding."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sync.findings.facts import PeerFacts


class Evidence(NamedTuple):
    """A fact that a finding rests on: words, a time, or both."""

    label: str
    value: str = ""
    at: datetime | None = None


@dataclass(frozen=True)
class Said:
    """What a unit found: its words in the active language, and whom it concerns."""

    title: str
    sentence: str
    remedy: str
    evidence: tuple[Evidence, ...] = ()
    because: str = ""
    peer: PeerFacts | None = None


@dataclass(frozen=True)
class Finding:
    """A unit's words under the code and the severity that the catalogue gives them."""

    code: str
    severity: str
    said: Said

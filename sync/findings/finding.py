"""The shape of a finding."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple

from sync.findings.facts import PeerFacts

CRITICAL, WARNING, INFO = "critical", "warning", "info"
SEVERITIES = (CRITICAL, WARNING, INFO)


class Evidence(NamedTuple):
    """A fact that a finding rests on: words, a time, or both."""

    label: str
    value: str = ""
    at: datetime | None = None


Act = Literal["connect", "resend-all", "sync-now", "retry", "wake-up"]


class Button(NamedTuple):
    """What an owner may do about it on the portal: an action of `sync.lifecycle`.

    `connect` makes a pairing code for a `role`; each of the others is done to `peer`.
    """

    act: Act
    peer: uuid.UUID | None = None
    role: str = ""


@dataclass(frozen=True)
class Said:
    """What a unit found: its words in the active language, and whom it concerns.

    `severity`: another than the catalogue's, where this once weighs less.
    """

    title: str
    sentence: str
    remedy: str
    evidence: tuple[Evidence, ...] = ()
    because: str = ""
    peer: PeerFacts | None = None
    button: Button | None = None
    severity: str = ""


@dataclass(frozen=True)
class Finding:
    """A unit's words under the code and the severity that the catalogue gives them."""

    code: str
    severity: str
    said: Said

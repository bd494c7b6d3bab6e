"""Why an edit was not applied, or not all of it, in sentences for a phone."""

from __future__ import annotations

import re
from collections.abc import Collection

from clients.agent.act.merging import named
from clients.agent.act.refusals import ChangeRefused, NotFound, RightMissing
from clients.agent.act.repeating import GaveUp

GONE = "It is no longer in Act!, or was made private there."
REFUSALS = (ChangeRefused, RightMissing, NotFound, GaveUp)
"""What says that Act! did not take a write, and would not take it another time."""

_NAME = re.compile(r"[\w.]{1,80}")
_NO_FIELD = "what is no field"


class Rejected(Exception):
    """The edit cannot be applied, and another try would not change that."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


def of_refusal(kind: str, refusal: Exception, doing: str) -> Rejected:
    """What one of REFUSALS means for an edit; `doing` names the right: Create, Change, Delete."""
    if isinstance(refusal, RightMissing):
        return Rejected(
            f"The agent's user lacks a right in Act!: {doing} {kind.replace('_', ' ')} records, "
            "or this one, which somebody else manages. An administrator of Act! can give it."
        )
    if isinstance(refusal, NotFound):
        return Rejected(GONE)
    if isinstance(refusal, GaveUp):
        return Rejected("Act! failed at it three times, and works otherwise.")
    return Rejected("Act! does not take it as it is. Make the change in Act! itself.")


def said(
    dropped: Collection[str], overridden: Collection[str] = (), offices: Collection[str] = ()
) -> str:
    """What became otherwise than asked; the fields by their API names."""
    sentences = []
    if dropped:
        sentences.append(f"Act! did not take {_listed(dropped)}.")
    if overridden:
        stands = _listed(overridden)
        sentences.append(f"The phone's value stands before the office's: {stands}.")
    if offices:
        stands = _listed(offices)
        sentences.append(f"The office has changed it meanwhile, and its value stands: {stands}.")
    return " ".join(sentences)


def _listed(paths: Collection[str]) -> str:
    """Their API names. What a phone called a member that Act! has not may be anything."""
    shown = [name if _NAME.fullmatch(name) else _NO_FIELD for name in named(paths)]
    return ", ".join(dict.fromkeys(shown))

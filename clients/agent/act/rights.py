"""The rights of the agent's user, as far as Act! tells them (act-web-api facts: seen live).

The list of permissions holds what is allowed, some builds what is not as well. Where its names are
not English, nothing is concluded. What it does not say, a refusal of the kind itself says.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote

from clients.agent.act.line import Line
from clients.agent.act.records import Row
from clients.agent.act.refusals import Broken, NotFound, QueryRefused, RightMissing, Unreadable

API_ACCESS = "Web API Access"
ALL_DATA = "Access All Non-Private Data"
_FOR_WRITING = re.compile(r"\b(?:add|change|create|delete|edit|modify|remove)\b", re.IGNORECASE)
_UNTOLD = (QueryRefused, NotFound, RightMissing, Broken, Unreadable)


@dataclass(frozen=True)
class Rights:
    """`allowed` and `refused` are the permissions' names, as Act! lists them."""

    allowed: frozenset[str]
    refused: frozenset[str]

    @property
    def are_known(self) -> bool:
        """Whether the names are those that are known here: whoever reads the list has this one."""
        return API_ACCESS in self.allowed

    def doubts(self) -> Iterator[str]:
        """What reading lacks, a sentence each.

        Without "Access All Non-Private Data" Act! shows a user nothing but its own records, and
        says no word of it.
        """
        if self.are_known and ALL_DATA not in self.allowed:
            yield (
                f"The agent's user seems to lack the right {ALL_DATA}, and then sees its own "
                "records alone: let an administrator of Act! give it."
            )

    def doubts_of_writing(self) -> Iterator[str]:
        """What edits from phones lack, a sentence each."""
        for name in sorted(filter(_FOR_WRITING.search, self.refused)):
            yield (
                f"The agent's user lacks the right {name}, so Act! refuses the edits from phones "
                "that need it: let an administrator of Act! give it."
            )


def read(line: Line, user: str) -> Rights | None:
    """The rights of that user; None where Act! does not tell them."""
    try:
        rows = _listed(line, user)
    except _UNTOLD:
        return None
    allowed = frozenset(str(row.get("name")) for row in rows if row.get("isAllowed"))
    return Rights(allowed, frozenset(str(row.get("name")) for row in rows) - allowed)


def _listed(line: Line, user: str) -> list[Row]:
    """By the user's own route, which names what is effective; else by that of whoever asks."""
    try:
        ids = [row.get("id") for row in line.rows("users") if row.get("displayName") == user]
        if ids:
            return line.rows(f"users/{quote(str(ids[0]), safe='')}/permissions")
    except _UNTOLD:
        pass
    return line.rows("users/permissions")

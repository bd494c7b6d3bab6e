"""Whether a contact holds a value that stands on no picklist.

Act! lets people type what a picklist does not offer, unless the field is limited to it; so a
picklist alone does not tell which values there are.
"""

from __future__ import annotations

from collections.abc import Iterator

from clients.agent.act.conditions import Test
from clients.agent.act.line import Line
from clients.agent.act.pages import pages
from clients.agent.act.records import Row
from clients.agent.act.refusals import Broken, QueryRefused


class InUse:
    """`known`: what earlier runs met, by API names of fields.

    It stays so: a rule must not be refused because the last contact of its kind is gone.
    """

    def __init__(self, line: Line, known: dict[str, list[str]]) -> None:
        self._line = line
        self.known = known

    def has(self, test: Test, value: str) -> bool:
        """Whether some contact that the agent's user sees has, or had, this value in the field.

        Upper and lower case are the same, and of a field with several values one is enough.
        """
        path = test.name.path
        if value in self.known.get(path, ()):
            return True
        asked = test.asking(value)
        candidates = _candidates(self._line, path, value)
        found = any(not asked.unmet(row, ()) for row in candidates)
        if found:
            self.known.setdefault(path, []).append(value)
        return found


def _candidates(line: Line, path: str, value: str) -> Iterator[Row]:
    """Contacts that may hold it: by Act!'s filter, which not every field takes, else all."""
    text = value.replace("'", "''")
    filter = f"contains({path.replace('.', '/')},'{text}')"
    try:
        for page in pages(line, "contacts", filter=filter):
            yield from page
    except (QueryRefused, Broken):
        for page in pages(line, "contacts"):
            yield from page

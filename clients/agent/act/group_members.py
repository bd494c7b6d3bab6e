"""Who is in the groups that the rules ask for: members come and go without an edit.

So a list is all that there is to believe. One that is refused changes nothing, and one that lost
too much at once is not believed before somebody says that it is meant: what a rights change or a
mended criterion empties for a moment would take everybody off the phones.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from clients.agent.act.asking import OF_ONE
from clients.agent.act.line import Line
from clients.agent.act.pages import pages
from clients.agent.act.reading import HELD_FROM, is_too_much
from clients.agent.act.refusals import NotFound
from clients.agent.act.rounds import Leaving
from clients.agent.act.state import State
from clients.agent.connectors.base import Chunk
from clients.trouble import Trouble


class Emptied(Trouble):
    """A group lost too many members at once to be believed."""

    def __init__(self, name: str, leaving: Leaving) -> None:
        super().__init__(
            f"{leaving.gone} of {leaving.members} members are no longer in the group {name!r} of "
            "Act!; all are taken for members still: look at the group and at the rights of the "
            "agent's user, or run once with --allow-mass-delete if it is meant.",
            code="mass-delete-held",
        )


@dataclass
class Memberships:
    """`groups`: the names of those that are asked for, by id.

    `troubles`: what went wrong with one of them, once its list was read.
    """

    line: Line
    state: State
    groups: Mapping[str, str]
    allow_mass_delete: bool
    troubles: list[Trouble]

    def chunks(self) -> Iterator[Chunk]:
        """Read all lists, and have judged anew whoever came or went."""
        yield Chunk(keep=partial(self.state.rounds.keep_groups, self.groups))
        for group, name in self.groups.items():
            try:
                yield from self._read(group, name)
            except (*OF_ONE, NotFound) as refusal:
                self.troubles.append(refusal)

    def _read(self, group: str, name: str) -> Iterator[Chunk]:
        rounds, run = self.state.rounds, self.state.run()
        for page in pages(self.line, f"groups/{group}/associated-contacts"):
            ids = [str(row["id"]) for row in page if row.get("id")]
            yield Chunk(keep=partial(rounds.note_members, group, ids, run))
        leaving = rounds.leaving(group, run)
        if self.allow_mass_delete or not self._is_doubtful(leaving):
            yield Chunk(keep=partial(rounds.drop_members, group, run))
        else:
            self.troubles.append(Emptied(name, leaving))

    def _is_doubtful(self, leaving: Leaving) -> bool:
        """Too much of the phones, or the whole of a large group, whatever the rules make of it."""
        is_empty = leaving.gone == leaving.members >= HELD_FROM
        return is_empty or is_too_much(leaving.on_phones, self.state.count_travelling("contact"))

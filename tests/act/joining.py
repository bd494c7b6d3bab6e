"""Links between records: PUT makes one, DELETE takes it away.

A group's members come and go without an edit of either; every other link is part of a record that
is edited by it: of the contact where it is linked to a company, else of the note, history or
opportunity [I].
"""

import re
from collections.abc import Callable

from tests.act.answers import Answer, not_found, refusal
from tests.act.calls import Call
from tests.act.clerk import KINDS, Clerk
from tests.act.records import NOTHING
from tests.act.table import TABLE
from tests.act.world import LINKED

_HOLDERS = ("note", "history", "opportunity")


class Joining(Clerk):
    """Answers calls of the routes that `JOINING` names."""

    def join(self, call: Call) -> Answer:
        first, second = (
            (kind, self.visible(kind, guid))
            for kind, guid in zip(_ends(call), call.values.values(), strict=True)
        )
        joins = call.route.method == "PUT"
        ends = {first[0]: first[1], second[0]: second[1]}
        if set(ends) == {"group", "contact"}:
            self._move(call, ends["group"], ends["contact"], joins=joins)
        elif set(ends) == {"contact", "company"}:
            self._employ(call, ends["contact"], ends["company"], joins=joins)
        else:
            holder = next(kind for kind in _HOLDERS if kind in ends)
            other = next(kind for kind in ends if kind != holder)
            self._link(call, (holder, ends[holder]), (other, ends[other]), joins=joins)
        return Answer(200, b"", "") if joins else NOTHING

    def _move(self, call: Call, group: int, contact: int, *, joins: bool) -> None:
        self.allow("group", "change")
        _look(contact in self.database.members(group), joins=joins)
        self.database.move(group, contact, is_in=joins)
        self.note(call, "group", _op(joins=joins), self.database.guid("group", group),
                  to=self.database.guid("contact", contact))  # fmt: skip

    def _employ(self, call: Call, contact: int, company: int, *, joins: bool) -> None:
        """The name of the company stays in the contact when the link goes [I]."""
        self.allow("contact", "change")
        row = self.database.row("contact", contact)
        guid = self.database.guid("company", company)
        _look(row["companyID"] == guid, joins=joins)
        row["companyID"] = guid if joins else ""
        if joins:
            row["company"] = self.renderer.name("company", company)
        self.keep(call, "contact", _op(joins=joins), contact, row)

    def _link(
        self, call: Call, holder: tuple[str, int], other: tuple[str, int], *, joins: bool
    ) -> None:
        self.allow(holder[0], "change")
        row = self.database.row(*holder)
        links = [list(each) for each in row["_links"]]
        place = LINKED.index(other[0])
        _look(other[1] in links[place], joins=joins)
        links[place] = [each for each in links[place] if each != other[1]] + [other[1]] * joins
        if not any(links) and holder[0] != "opportunity":
            raise refusal(400, "A link to a contact, company, group or opportunity is required.")
        row["_links"] = links
        self.keep(call, holder[0], _op(joins=joins), holder[1], row)


def _ends(call: Call) -> tuple[str, str]:
    return KINDS[call.words[0]], KINDS[call.words[2].removeprefix("associated-")]


def _op(*, joins: bool) -> str:
    return "link" if joins else "unlink"


def _look(is_linked: bool, *, joins: bool) -> None:
    """Raise Refused (404) where there is nothing to take away; to link again is no error [I]."""
    if not joins and not is_linked:
        raise not_found()


_LINK = re.compile(r"/api/(\w+)/{\w+}/(?:associated-)?(?!tasks)(\w+)/{\w+}")
JOINING: dict[str, Callable[[Joining, Call], Answer]] = {
    route.name: Joining.join
    for route in TABLE.routes
    if route.method in ("PUT", "DELETE")
    and (ends := _LINK.fullmatch(route.path))
    and {ends[1], ends[2]} <= set(KINDS)
}

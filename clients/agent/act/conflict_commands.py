"""The command line's part for what phone and office have changed both."""

from __future__ import annotations

from contextlib import closing
from typing import Any

from clients import pairing
from clients.agent.accounts import Own
from clients.agent.act.conflicts import Conflict, Conflicts
from clients.agent.connectors import choice
from clients.agent.naming import name_of
from clients.agent.run import MODULE
from clients.agent.store import Store
from clients.terminal import say
from clients.trouble import Exit, Trouble

CONFLICTS = """\
List what a phone and the office have changed both, where the rules file says conflicts = "ask".
The office's version stands in Act! and on the phones until 'resolve' says that the phone's does."""
RESOLVE = """\
Settle a conflict: 'office' lets Act! stay as it is, 'phone' writes the fields that the phone
changed over what stands in Act! by then. It is written with the next run.

WHICH is the number of the conflict, or the record's id where there is one conflict on it alone."""
WINNERS = ("office", "phone")


def waiting(own: Own) -> list[dict[str, Any]]:
    """Every conflict of an account, oldest first."""
    with closing(_store(own)) as store:
        if not choice.is_act(store):
            return []
        return [_told(conflict) for conflict in Conflicts(store.db.connection).waiting()]


def line(told: dict[str, Any]) -> str:
    """One conflict for a person."""
    what = f"deleted, and the office changed {', '.join(told['fields'])}"
    if told["op"] == "put":
        what = ", ".join(told["fields"])
    settled = "; the phone's stands with the next run" if told["settled"] else ""
    return (
        f"{told['number']}  {told['kind']} {told['id']}  {told['name']}: {what} "
        f"({told['at']}, device {told['device']}){settled}"
    )


def resolve(own: Own, which: str, winner: str) -> None:
    """Raises Trouble where it is not clear which conflict is meant."""
    with closing(_store(own)) as store:
        conflicts = Conflicts(store.db.connection)
        conflict = _the_one(conflicts.of(which), which)
        with store.db.transaction():
            if winner == "office":
                conflicts.drop(conflict.number)
            else:
                conflicts.let_phone_stand(conflict.number)
    named = f"The conflict {conflict.number} on the {conflict.kind} {conflict.id} is settled: "
    if winner == "office":
        say(f"{named}Act! stays as it is.")
    else:
        say(f"{named}the phone's changes are written with the next run.")


def _the_one(found: list[Conflict], which: str) -> Conflict:
    if not found:
        raise Trouble(
            f"No conflict has the number or the record's id {which!r}: look with 'conflicts'.",
            exit_code=Exit.USAGE,
        )
    if len(found) > 1:
        numbers = ", ".join(str(conflict.number) for conflict in found)
        raise Trouble(
            f"Several conflicts are on the record {which}: name one by its number ({numbers}).",
            exit_code=Exit.USAGE,
        )
    return found[0]


def _store(own: Own) -> Store:
    paired = pairing.load(own.options.data_dir, MODULE)
    return Store(own.options.data_dir, paired.account_number)


def _told(conflict: Conflict) -> dict[str, Any]:
    shown = conflict.office or conflict.phone
    return {
        "number": conflict.number,
        "kind": conflict.kind,
        "id": conflict.id,
        "name": name_of(shown) if shown else "",
        "op": conflict.op,
        "fields": conflict.fields,
        "at": conflict.at,
        "device": conflict.device,
        "settled": "phone" if conflict.phone_stands else None,
    }

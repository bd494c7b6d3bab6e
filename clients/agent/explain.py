"""Where one record stands: in the office, on its way, in the mailbox."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from clients.agent.act.conflicts import Conflicts
from clients.agent.connectors.base import MOST_FOUND, Found, content_hash
from clients.agent.connectors.choice import is_act, kept_connector
from clients.agent.naming import name_of
from clients.agent.store import Store
from clients.command_line import FAILURES
from clients.pairing import Pairing
from clients.problems import WireError
from clients.terminal import warn
from clients.trouble import Trouble, explain

_OFFICE = {
    "new": "in the source, not read yet: it goes with the next run",
    "changed": "changed since it was last sent: it goes with the next run",
    "home": "stays in the office",
    "gone": "gone from the source: the delete goes with the next run",
    "unsent": "waits here: it goes with the next run",
    "refused": "was refused by the mailbox",
    "sent": "sent; nothing of it waits here",
    "deleted": "deleted, and the mailbox knows",
}


def find(data_dir: Path, paired: Pairing, wanted: str) -> list[dict[str, Any]]:
    """The records of that id, else those whose name holds `wanted`; at most MOST_FOUND.

    Where it is one alone, the mailbox is asked about its batch.
    """
    store = Store(data_dir, paired.account_number)
    try:
        told = [_facts(store, paired, record) for record in _matches(store, data_dir, wanted)]
    finally:
        store.close()
    if len(told) == 1 and told[0]["accepted"]:
        told[0]["mailbox"] = _ask(data_dir, paired, told[0]["accepted"]["batch"])
    return told


def lines(found: list[dict[str, Any]]) -> list[str]:
    """One record in full; several in a line each, for a person to choose from."""
    if len(found) == 1:
        return [_text(found[0])]
    told = [f"{f['kind']} {f['id']}  {f['name']}  ({f['office']})" for f in found]
    more = " or more" if len(found) == MOST_FOUND else ""
    return [*told, f"{len(found)}{more} records: explain one by its id."] if found else []


def _text(facts: dict[str, Any]) -> str:
    """One record in full."""
    version = facts["version"] or "none yet"
    lines = [
        f"{facts['kind']} {facts['id']}  {facts['name']}".rstrip(),
        f"  Version   {version}",
        f"  Office    {_OFFICE[facts['office']]}",
    ]
    if facts["stays"]:
        lines.append(f"  Why       {facts['stays']}")
    lines += [
        f"  Conflict  {number}: phone and office changed it; see 'conflicts'"
        for number in facts["conflicts"]
    ]
    if facts["refused"]:
        lines.append(f"  Refused   {facts['refused']['code']}: {facts['refused']['detail']}")
    if facts["accepted"]:
        accepted = facts["accepted"]
        lines.append(
            f"  Accepted  {accepted['at']} as version {accepted['version']} "
            f"in batch {accepted['batch']}"
        )
        lines.append(f"  Mailbox   {_of_mailbox(facts['mailbox'])}")
    else:
        lines.append("  Accepted  never: the mailbox has nothing of it from this program")
    lines.append(f"  Portal    {facts['portal']}")
    return "\n".join(lines)


def _matches(store: Store, data_dir: Path, wanted: str) -> list[Found]:
    found, whole = _source(store, data_dir, wanted)
    if any(one.id != wanted for one in found):
        return found
    by_id = {one.kind: one for one in found}
    for kind in store.kinds_of(wanted):
        by_id.setdefault(kind, Found(kind, wanted, None, gone=whole))
    return list(by_id.values())[:MOST_FOUND]


def _source(store: Store, data_dir: Path, wanted: str) -> tuple[list[Found], bool]:
    """What the source holds of that id or name, and whether all of it could be looked through.

    Where it cannot be read, what this program remembers has to do.
    """
    connector = kept_connector(store, data_dir)
    if connector is None:
        return [], False
    try:
        found = connector.find(wanted)
    except Trouble as trouble:
        warn(trouble.sentence)
        return [], False
    finally:
        connector.close()
    faults = connector.faults()
    for fault in faults:
        warn(fault.sentence)
    return found, not faults


def _facts(store: Store, paired: Pairing, record: Found) -> dict[str, Any]:
    sent = store.outbox.sent(record.kind, record.id)
    queued = store.outbox.queued(record.kind, record.id)
    seen = store.seen(record.kind, record.id)
    refusals = (
        r for r in store.outbox.refused() if (r["kind"], r["id"]) == (record.kind, record.id)
    )
    refused = next(refusals, None)
    version = next((known.version for known in (queued, seen, sent) if known), None)
    accepted = sent and {"at": sent.at, "batch": sent.batch, "version": sent.version}
    return {
        "kind": record.kind,
        "id": record.id,
        "name": name_of(record.data) if record.data else "",
        "version": version,
        "office": _standing(store, record, refused=bool(refused)),
        "stays": record.stays or None,
        "conflicts": _conflicts(store, record),
        "refused": refused and {"code": refused["code"], "detail": refused["detail"]},
        "accepted": accepted,
        "mailbox": None,
        "portal": paired.page_of(record.kind, record.id),
    }


def _conflicts(store: Store, record: Found) -> list[int]:
    """The numbers of those that wait on the record."""
    if not is_act(store):
        return []
    waiting = Conflicts(store.db.connection).on(record.kind, record.id)
    return [conflict.number for conflict in waiting]


def _standing(store: Store, record: Found, *, refused: bool) -> str:
    seen = store.seen(record.kind, record.id)
    if record.stays and not seen:
        return "home"
    if record.data and (seen is None or seen.hash != content_hash(record.data)):
        return "changed" if seen else "new"
    if seen and (record.gone or record.stays):
        return "gone"
    if store.outbox.queued(record.kind, record.id):
        return "unsent"
    if refused:
        return "refused"
    return "sent" if seen else "deleted"


def _ask(data_dir: Path, paired: Pairing, batch: str) -> dict[str, Any]:
    try:
        api = paired.connect(data_dir, patient=False)
        try:
            answer = api.batch(batch)
        finally:
            api.close()
    except FAILURES as error:
        trouble = explain(error) if isinstance(error, WireError) else error
        return {"trouble": str(trouble)}
    return {"state": answer.state, "applied": answer.applied, "stale": answer.stale}


def _of_mailbox(said: dict[str, Any] | None) -> str:
    if said is None:
        return "not asked"
    if "trouble" in said:
        return f"does not say: {said['trouble']}"
    return (
        f"the batch is {said['state']}: {said['applied']} of its changes count, "
        f"{said['stale']} came after a newer version"
    )

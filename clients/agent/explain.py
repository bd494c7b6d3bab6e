"""Where one record stands: in the office, on its way, in the mailbox."""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from clients.agent.connectors.base import Record, content_hash
from clients.agent.run import kept_connector
from clients.agent.store import Store
from clients.command_line import FAILURES
from clients.pairing import Pairing
from clients.problems import WireError
from clients.terminal import warn
from clients.trouble import Trouble, explain

MOST = 20
_NAMING = ("name", "subject", "title", "regarding")
_SHOWN = 80

_OFFICE = {
    "new": "in the source, not read yet: it goes with the next run",
    "changed": "changed since it was last sent: it goes with the next run",
    "gone": "gone from the source: the delete goes with the next run",
    "unsent": "waits here: it goes with the next run",
    "refused": "was refused by the mailbox",
    "sent": "sent; nothing of it waits here",
    "deleted": "deleted, and the mailbox knows",
}


@dataclass(frozen=True)
class Found:
    """A record by its kind and id; `data` is its content in the source.

    Where there is none, `gone` tells whether the source was read and no longer holds it.
    """

    kind: str
    id: str
    data: str | None
    gone: bool


def find(data_dir: Path, paired: Pairing, wanted: str) -> list[dict[str, Any]]:
    """The records of that id, else those whose name holds `wanted`; at most MOST.

    Where it is one alone, the mailbox is asked about its batch.
    """
    store = Store(data_dir, paired.account_number)
    try:
        told = [_facts(store, paired, record) for record in _matches(store, wanted)]
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
    more = " or more" if len(found) == MOST else ""
    return [*told, f"{len(found)}{more} records: explain one by its id."] if found else []


def _text(facts: dict[str, Any]) -> str:
    """One record in full."""
    version = facts["version"] or "none yet"
    lines = [
        f"{facts['kind']} {facts['id']}  {facts['name']}".rstrip(),
        f"  Version   {version}",
        f"  Office    {_OFFICE[facts['office']]}",
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


def _matches(store: Store, wanted: str) -> list[Found]:
    records, whole = _source(store)
    by_id = {r.kind: Found(r.kind, r.id, r.data, False) for r in records if r.id == wanted}
    for kind in store.kinds_of(wanted):
        by_id.setdefault(kind, Found(kind, wanted, None, whole))
    if by_id:
        return list(islice(by_id.values(), MOST))
    sought = wanted.casefold()
    named = (r for r in records if sought in _name(r.data).casefold())
    return [Found(r.kind, r.id, r.data, False) for r in islice(named, MOST)]


def _source(store: Store) -> tuple[list[Record], bool]:
    """The source's records, and whether those are all.

    Where it cannot be read, what this program remembers has to do.
    """
    connector = kept_connector(store)
    if connector is None:
        return [], False
    try:
        records = list(connector.changes(None))
    except Trouble as trouble:
        warn(trouble.sentence)
        return [], False
    faults = connector.faults()
    for fault in faults:
        warn(fault.sentence)
    return records, not faults


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
        "name": _name(record.data) if record.data else "",
        "version": version,
        "office": _standing(store, record, refused=bool(refused)),
        "refused": refused and {"code": refused["code"], "detail": refused["detail"]},
        "accepted": accepted,
        "mailbox": None,
        "portal": paired.page_of(record.kind, record.id),
    }


def _standing(store: Store, record: Found, *, refused: bool) -> str:
    seen = store.seen(record.kind, record.id)
    if record.data and (seen is None or seen.hash != content_hash(record.data)):
        return "changed" if seen else "new"
    if seen and record.gone:
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


def _name(data: str) -> str:
    """What a person calls the record: its fields that name it, else its first text."""
    content = json.loads(data)
    if not isinstance(content, dict):
        return str(content)[:_SHOWN]
    texts = {key: value for key, value in content.items() if isinstance(value, str) and value}
    naming = [value for key, value in texts.items() if key.lower().endswith(_NAMING)]
    others = [value for key, value in texts.items() if key != "id"]
    return ", ".join(naming or others[:1]).replace("\n", " ")[:_SHOWN]

"""What the device shows: changes, edits and its own state, and records for programs."""

from __future__ import annotations

from clients import rawjson
from clients.answers import Change
from clients.device.edits import Edit
from clients.device.store import Record
from clients.device.sync import Report
from clients.device.telling import Teller
from clients.terminal import counted


def record_json(record: Record) -> str:
    """The record as one JSON object; `data` stands in it byte for byte as it was received."""
    head = rawjson.dump(
        {"kind": record.kind, "id": record.id, "version": record.version, "edit": record.edit}
    )
    return f'{head[:-1]},"data":{record.data}}}'


def list_json(kind: str, records: list[Record]) -> str:
    body = ",".join(record_json(record) for record in records)
    return f'{{"kind":{rawjson.dump(kind)},"records":[{body}]}}'


def change_line(change: Change, teller: Teller) -> str:
    """A change that came, in one line."""
    kind = teller.language(change.kind)
    if change.data is None:
        return f"{kind} {change.id}: {teller.language('deleted')}"
    return f"{kind}: {teller.line(change.kind, change.data)}"


def change_json(change: Change) -> str:
    """The same as one JSON object; `data` stands in it byte for byte, a delete has none."""
    head = rawjson.dump(
        {"kind": change.kind, "id": change.id, "op": change.op, "version": change.version}
    )
    return head if change.data is None else f'{head[:-1]},"data":{change.data}}}'


def edit_line(edit: Edit) -> str:
    detail = f": {edit.detail}" if edit.detail else ""
    return f"{edit.kind} {edit.id}: {edit.op} {edit.state}{detail}"


def edit_facts(edit: Edit) -> dict[str, object]:
    return {
        "kind": edit.kind,
        "id": edit.id,
        "op": edit.op,
        "state": edit.state,
        "base_version": edit.base_version,
        "version": edit.version,
        "detail": edit.detail,
        "made": edit.made,
    }


def report_facts(report: Report) -> dict[str, object]:
    return {
        "sent": report.sent,
        "received": report.received,
        "ended": [edit_facts(edit) for edit in report.ended],
        "office": {"state": report.office_state, "last_sync": report.office_last_sync},
    }


def report_text(report: Report) -> str:
    received, sent = counted(report.received, "change"), counted(report.sent, "edit")
    lines = [f"Synced: {received} received, {sent} sent."]
    lines += [edit_line(edit) for edit in report.ended]
    if report.office_state in ("late", "asleep"):
        since = report.office_last_sync or "unknown"
        lines.append(f"The office is {report.office_state}; its most recent sync: {since}.")
    elif report.office_state == "never":
        lines.append("The office has never synced yet: nothing can have come from there.")
    return "\n".join(lines)

"""The mailbox's answers, typed. Unknown members are ignored: answers may gain fields."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from clients import rawjson


@dataclass(frozen=True)
class Limits:
    """What one request may hold; counts of changes, sizes in bytes."""

    batch_changes: int = 500
    device_batch_changes: int = 100
    batch_bytes: int = 4_194_304
    page_changes: int = 500

    @classmethod
    def read(cls, answer: dict[str, Any]) -> Limits:
        known = {name: answer[name] for name in cls.__dataclass_fields__ if name in answer}
        return cls(**{name: int(value) for name, value in known.items()})


@dataclass(frozen=True)
class Pairing:
    peer: str
    role: str
    token: str
    account_number: str
    account_name: str
    limits: Limits

    @classmethod
    def read(cls, answer: dict[str, Any]) -> Pairing:
        account = answer["account"]
        return cls(
            peer=answer["peer"],
            role=answer["role"],
            token=answer["token"],
            account_number=account["number"],
            account_name=account["name"],
            limits=Limits.read(answer["limits"]),
        )


@dataclass(frozen=True)
class Command:
    id: str
    do: str


@dataclass(frozen=True)
class Mailbox:
    """The answer to "is there mail for me?"; `session` is set where a sync was begun with it."""

    session: str | None
    waiting: int
    commands: tuple[Command, ...]
    poll_after: float | None
    resync: str | None
    checkpoint: str | None
    highest_version: int
    epoch: str | None
    office_state: str | None
    office_last_sync: str | None

    @classmethod
    def read(cls, answer: dict[str, Any]) -> Mailbox:
        office = answer.get("server") or {}
        poll_after = answer.get("poll_after")
        return cls(
            session=answer.get("session"),
            waiting=(answer.get("waiting") or {}).get("total", 0),
            commands=tuple(Command(c["id"], c["do"]) for c in answer.get("commands") or ()),
            poll_after=None if poll_after is None else float(poll_after),
            resync=answer.get("resync"),
            checkpoint=answer.get("checkpoint"),
            highest_version=answer.get("highest_version") or 0,
            epoch=answer.get("epoch"),
            office_state=office.get("state"),
            office_last_sync=office.get("last_sync"),
        )


@dataclass(frozen=True)
class Refusal:
    """A change that was refused alone, by its index in the batch as sent."""

    index: int
    code: str
    detail: str


@dataclass(frozen=True)
class Receipt:
    """The mailbox's promise that it holds a batch."""

    batch: str
    accepted: int
    rejected: tuple[Refusal, ...]

    @classmethod
    def read(cls, answer: dict[str, Any]) -> Receipt:
        return cls(answer["batch"], answer["accepted"], _refusals(answer))


@dataclass(frozen=True)
class Outcome:
    """What became of one change of a device's batch."""

    index: int
    state: str
    id: str | None
    version: int | None
    detail: str


@dataclass(frozen=True)
class BatchState:
    """What the mailbox did with a batch: how many of its changes count, how many came too late."""

    state: str
    applied: int
    stale: int
    rejected: tuple[Refusal, ...]
    outcomes: tuple[Outcome, ...]

    @classmethod
    def read(cls, answer: dict[str, Any]) -> BatchState:
        outcomes = tuple(
            Outcome(o["index"], o["state"], o.get("id"), o.get("version"), o.get("detail") or "")
            for o in answer.get("outcomes") or ()
        )
        return cls(
            state=answer["state"],
            applied=answer.get("applied") or 0,
            stale=answer.get("stale") or 0,
            rejected=_refusals(answer),
            outcomes=outcomes,
        )


@dataclass(frozen=True)
class SnapshotState:
    """How far a snapshot has come: `open`, `applying`, `applied` or `dropped`."""

    state: str
    version: int
    kinds: tuple[str, ...]
    accepted: int

    @classmethod
    def read(cls, answer: dict[str, Any]) -> SnapshotState:
        return cls(answer["state"], answer["version"], tuple(answer["kinds"]), answer["accepted"])


def _refusals(answer: dict[str, Any]) -> tuple[Refusal, ...]:
    return tuple(
        Refusal(r["index"], r["code"], r.get("detail") or "") for r in answer.get("rejected") or ()
    )


@dataclass(frozen=True)
class Change:
    """One change of a page. `data` is its JSON text, byte for byte as it was sent.

    `version` stands in the down mailbox; `batch`, `index`, `base_version` and `device`, the peer
    that made it, in the up mailbox.
    """

    kind: str
    id: str
    op: str
    data: str | None
    version: int
    batch: str
    index: int
    base_version: int | None
    device: str = ""

    @classmethod
    def read(cls, text: str) -> Change:
        parts = dict(rawjson.members(text))
        data = parts.pop("data", None)
        envelope = {name: json.loads(part) for name, part in parts.items()}
        return cls(
            kind=envelope["kind"],
            id=envelope["id"],
            op=envelope["op"],
            data=data,
            version=envelope.get("version") or 0,
            batch=envelope.get("batch") or "",
            index=envelope.get("index") or 0,
            base_version=envelope.get("base_version"),
            device=envelope.get("device") or "",
        )


@dataclass(frozen=True)
class Page:
    changes: tuple[Change, ...]
    cursor: str
    complete: bool
    full: bool

    @classmethod
    def read(cls, body: str) -> Page:
        parts = dict(rawjson.members(body))
        changes = tuple(Change.read(text) for text in rawjson.elements(parts.pop("changes")))
        rest = {name: json.loads(part) for name, part in parts.items()}
        return cls(
            changes=changes,
            cursor=rest["cursor"],
            complete=rest["complete"],
            full=rest.get("full", False),
        )

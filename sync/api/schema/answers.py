"""The answers' shapes, as structs. They describe; nothing is encoded with them."""

import uuid
from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

_Moment = Annotated[datetime, Meta(tz=True)]
_Count = Annotated[int, Meta(ge=0)]
_Seconds = Annotated[int, Meta(ge=1)]
_State = Literal["active", "trial", "suspended", "expired"]
_Cursor = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_.~-]{1,512}$")]
_Mark = Literal["cursor-expired", "cursor-ahead", "epoch-changed"]
_LETTER = {"type": ["object", "string"]}
_Data = Annotated[
    Any, Meta(description="The very bytes that were sent; absent of a delete.",
              extra_json_schema=_LETTER)
]  # fmt: skip


class Limits(msgspec.Struct):
    """What a request may hold."""

    batch_changes: _Count
    device_batch_changes: _Count
    batch_bytes: _Count
    data_bytes: _Count
    page_changes: _Count
    page_bytes: _Count
    wait_seconds: _Count
    nesting: _Count
    requests_per_minute: _Count
    requests_burst: _Count


class PushKey(msgspec.Struct):
    """What a device subscribes with at its push service."""

    key: Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{87}$", description="A point, base64url.")]


class PairedAccount(msgspec.Struct):
    """The account that a program was let into."""

    name: str
    number: Annotated[str, Meta(pattern=r"^[0-9]{8}$")]
    state: _State


class Paired(msgspec.Struct):
    """A peer and its token, shown this once."""

    peer: uuid.UUID
    role: Literal["server", "device"]
    token: Annotated[str, Meta(pattern=r"^hh[sd]_")]
    account: PairedAccount
    limits: Limits


class Waiting(msgspec.Struct):
    """What lies after the reader's acknowledged place."""

    total: _Count
    oldest: Annotated[
        _Moment | None, Meta(description="When the mailbox took the change now first in line.")
    ]
    since: Annotated[_Moment | None, Meta(description="When this reader's waiting last left 0.")]
    by_kind: dict[str, int]


class AccountState(msgspec.Struct):
    """Whether anything is sent and collected: `active` and `trial` are."""

    state: _State


class Command(msgspec.Struct):
    """Something that the peer is asked to do; repeated until it is done."""

    id: uuid.UUID
    do: Literal["resend-all", "sync-now", "erase"]


class OfficePresence(msgspec.Struct):
    """How the office's server stands, so that a phone can say that it sleeps."""

    state: Literal["awake", "late", "asleep", "never"]
    last_sync: _Moment | None
    pending: _Count | None


class ErasedMailbox(msgspec.Struct):
    """All that a device learns once it is to be erased."""

    account: AccountState
    commands: list[Command]
    time: _Moment


class Mailbox(ErasedMailbox, kw_only=True):
    """What every peer learns."""

    waiting: Waiting
    poll_after: Annotated[_Count, Meta(description="Seconds until it is worth asking again.")]
    resync: Annotated[
        _Mark | UnsetType, Meta(description="There when the reader is marked: ask for a resync.")
    ] = UNSET


class DeviceMailbox(Mailbox, kw_only=True):
    """What a device learns."""

    server: OfficePresence


class ServerMailbox(Mailbox, kw_only=True):
    """What a server learns."""

    checkpoint: Annotated[
        str | None, Meta(description="Of the newest applied batch; outranks the server's own.")
    ]
    highest_version: Annotated[
        _Count, Meta(description="The highest version ever accepted; number above it.")
    ]
    epoch: uuid.UUID


class DeviceSession(DeviceMailbox, kw_only=True):
    """What a device learns when its sync begins."""

    session: uuid.UUID


class ServerSession(ServerMailbox, kw_only=True):
    """What a server learns when its sync begins."""

    session: uuid.UUID


class SessionResult(msgspec.Struct):
    """How a session ended; the first result stays."""

    session: uuid.UUID
    result: Literal["ok", "failed", "interrupted"]


class RejectedChange(msgspec.Struct):
    """A change that was refused alone, by its index in the batch as sent."""

    index: _Count
    code: Literal["change-invalid", "data-too-large", "data-invalid"]
    detail: str


class BatchReceived(msgspec.Struct):
    """The batch is committed and flushed; it is applied soon."""

    batch: uuid.UUID
    state: Literal["received"]
    accepted: _Count
    rejected: list[RejectedChange]


class Outcome(msgspec.Struct):
    """What became of one change of a device."""

    index: _Count
    ref: str | None
    state: Literal["waiting", "collected", "applied", "conflict", "rejected", "expired"]
    id: str
    version: int | None
    detail: str


class BatchState(msgspec.Struct):
    """What became of a batch."""

    batch: uuid.UUID
    state: Literal["received", "applied", "failed"]
    accepted: _Count
    applied: _Count
    stale: _Count
    rejected: list[RejectedChange]
    outcomes: Annotated[
        list[Outcome] | UnsetType, Meta(description="Of a device's batch alone.")
    ] = UNSET


class DownChange(msgspec.Struct):
    """A record as a device collects it."""

    kind: str
    id: str
    op: Literal["put", "delete"]
    version: Annotated[int, Meta(ge=1)]
    data: _Data = UNSET


class UpChange(msgspec.Struct):
    """An edit as the server collects it."""

    kind: str
    id: str
    op: Literal["put", "delete"]
    base_version: int | None
    batch: uuid.UUID
    index: _Count
    ref: str | None
    device: uuid.UUID
    data: _Data = UNSET


class _Page(msgspec.Struct):
    cursor: _Cursor
    complete: Annotated[bool, Meta(description="Nothing lies behind this page.")]
    full: Annotated[bool, Meta(description="At `complete`, remove the records that no page named.")]
    waiting: _Count


class DownPage(_Page, kw_only=True):
    """A page for a device."""

    changes: list[DownChange]


class UpPage(_Page, kw_only=True):
    """A page for a server."""

    changes: list[UpChange]


class RejectedOutcome(msgspec.Struct):
    """An outcome that names nothing known, by its index in `outcomes`."""

    index: _Count
    code: Literal["not-found"]


class Acknowledged(msgspec.Struct):
    """What waits now, and which outcomes were not taken."""

    waiting: _Count
    rejected: list[RejectedOutcome]


class Resynced(msgspec.Struct):
    """The reader is at the start again."""

    from_: Annotated[
        Literal["mailbox", "server"], Meta(description="Where its records will come from.")
    ] = msgspec.field(name="from")
    waiting: _Count


class SnapshotOpened(msgspec.Struct):
    """Batches may name it now."""

    snapshot: uuid.UUID
    expires: Annotated[_Moment, Meta(description="When it is dropped, unless it was committed.")]


class SnapshotState(SnapshotOpened, kw_only=True):
    """How far a snapshot has come."""

    state: Literal["open", "applying", "applied", "dropped"]
    version: Annotated[int, Meta(ge=1)]
    kinds: list[str]
    accepted: Annotated[_Count, Meta(description="How many changes of its parts were accepted.")]


class SnapshotCommitted(msgspec.Struct):
    """What it did not name is being deleted."""

    state: Literal["applying"]


class Problem(msgspec.Struct):
    """An error, as RFC 9457 has them."""

    type: str
    title: str
    status: Annotated[int, Meta(ge=400, le=599)]
    detail: Annotated[str, Meta(description="A sentence for people.")]
    code: Annotated[str, Meta(description="For programs; it never changes.")]
    request_id: str
    retry_after: Annotated[
        _Seconds | UnsetType, Meta(description="The `Retry-After` header says it too.")
    ] = UNSET
    snapshot: Annotated[
        uuid.UUID | UnsetType, Meta(description="With `snapshot-open`: the one that is open.")
    ] = UNSET

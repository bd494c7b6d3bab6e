"""A batch's envelope: each change judged alone, its `data` checked once and kept as it came."""

from dataclasses import dataclass
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Raw

from mailbox.accept import Letters, Refused
from sync.api import body as bodies
from sync.api import letter, problems, shape, splitter
from sync.api.letter import Bad
from sync.api.limits import BATCH_CHANGES, DEVICE_BATCH_CHANGES, NESTING
from sync.api.problems import Problem

# Above this many commas decoding could cost more than ten times the body's memory.
FAST_COMMAS = 100_000

_Kind = Annotated[str, Meta(pattern=r"\A[a-z][a-z0-9_]{0,31}\Z")]
_Id = Annotated[str, Meta(pattern=r"\A[!-~]{1,64}\Z")]
_Version = Annotated[int, Meta(ge=1, le=2**63 - 1)]
_Ref = Annotated[str, Meta(max_length=64, pattern=r"\A[^\x00]*\Z")]
_ABSENT = Raw(b"")


class ServerChange(msgspec.Struct):
    """One version of a record, as a server sends it."""

    kind: _Kind
    id: _Id
    op: Literal["put", "delete"]
    version: Annotated[_Version, Meta(description="The sender's own count, increasing per record.")]
    data: Raw = _ABSENT


class DeviceChange(msgspec.Struct):
    """An edit, as a device sends it."""

    kind: _Kind
    id: Annotated[_Id, Meta(description="The record's id; of a new record a UUID of the device.")]
    op: Literal["put", "delete"]
    base_version: Annotated[
        _Version | None, Meta(description="The version that was edited; null for a new record.")
    ] = None
    ref: Annotated[
        _Ref | None, Meta(description="The device's own mark; comes back with the outcome.")
    ] = None
    data: Raw = _ABSENT


class _Name(msgspec.Struct):
    kind: _Kind
    id: _Id


class Frame(msgspec.Struct):
    """A body without its changes."""

    checkpoint: Annotated[
        str | None, Meta(description="Of a server: opaque, stored with the changes.")
    ] = None
    snapshot: Annotated[
        str | None, Meta(description="Of a server: the open snapshot that this is a part of.")
    ] = None


class _Body(Frame, kw_only=True):
    changes: list[Raw]


_BODY = msgspec.json.Decoder(_Body)
_NAME = msgspec.json.Decoder(_Name)
_FRAME = msgspec.json.Decoder(Frame)
_CHANGE: dict[str, msgspec.json.Decoder[Any]] = {
    "server": msgspec.json.Decoder(ServerChange),
    "device": msgspec.json.Decoder(DeviceChange),
}
_FIELDS = {"server": ServerChange.__struct_fields__, "device": DeviceChange.__struct_fields__}


@dataclass(frozen=True, slots=True)
class Envelope:
    """A batch as understood: what is accepted, what is refused and why.

    `names`: kind and id of every change of a snapshot's part that could be read so far.
    `refused_names`: those of each refused change; None where they cannot be read.
    """

    letters: Letters
    rejected: list[Refused]
    refused_names: list[tuple[str, str] | None]
    checkpoint: str | None
    snapshot: str | None
    names: list[tuple[str, str]]


def read(text: bytes, role: str) -> Envelope:
    """Understand a batch's decompressed body; raises 400 and 413 for what is wrong as a whole."""
    shape.check_utf8(text)
    limit = BATCH_CHANGES if role == "server" else DEVICE_BATCH_CHANGES
    frame, changes = _split(text, limit)
    if not changes:
        raise problems.invalid_request("`changes` has to name at least one change.")
    if len(changes) > limit:
        raise too_many(limit)
    shape.refuse_nul(checkpoint=frame.checkpoint)
    letters, rejected = Letters(), []
    for index, change in enumerate(changes):
        try:
            _judge(change, index, role, letters)
        except Bad as bad:
            rejected.append(Refused(index, bad.code, bad.detail))
    refused_names = [_name(changes[refused.index]) for refused in rejected]
    names: list[tuple[str, str]] = []
    if frame.snapshot is not None:
        names = list(zip(letters.kinds, letters.record_ids, strict=True))
        names += filter(None, refused_names)
    return Envelope(letters, rejected, refused_names, frame.checkpoint, frame.snapshot, names)


def too_many(limit: int) -> Problem:
    """413: one batch names more changes than its sender may send at once."""
    return Problem(413, "batch-too-large", f"A batch of yours holds at most {limit} changes.")


def _split(text: bytes, limit: int) -> tuple[Frame, list[Raw]]:
    """The frame, and each change as a view of `text`: what is refused is never copied."""
    if text.count(b",") <= FAST_COMMAS:
        try:
            body = _BODY.decode(text)
        except msgspec.ValidationError as error:
            raise shape.refusal(text, f"{error}.") from None
        except (msgspec.DecodeError, RecursionError):
            pass  # the slow way tells which change it was, or that it is no JSON
        else:
            return Frame(body.checkpoint, body.snapshot), body.changes
    if not text.lstrip().startswith(b"{"):
        raise shape.refusal(text, "The body has to be an object.")
    try:
        return _split_slowly(text, limit)
    except splitter.NotJson:
        raise bodies.damaged("The body is not JSON, or nested too deep.") from None


def _split_slowly(text: bytes, limit: int) -> tuple[Frame, list[Raw]]:
    changes: list[Raw] | None = None

    def end_of(name: str, begin: int) -> int:
        nonlocal changes
        if name != "changes":
            return splitter.value_end(text, begin, deepest=NESTING - 1)
        bounds, end = shape.cut(text, begin, "changes", limit, too_many(limit))
        each = zip(bounds[::2], bounds[1::2], strict=True)
        changes = [Raw(text[first:behind]) for first, behind in each]
        return end

    frame: dict[str, bytes] = {}
    for name, begin, end in splitter.members(text, end_of=end_of):
        if name in Frame.__struct_fields__:
            frame[name] = text[begin:end]
    if changes is None:
        raise problems.invalid_request("`changes` has to name at least one change.")
    return shape_frame(frame), changes


def shape_frame(members: dict[str, bytes]) -> Frame:
    """The frame from its members' texts; raises 400 for a wrong one."""
    text = b"{%s}" % b",".join(
        b'"%s":%s' % (name.encode(), members[name])
        for name in ("checkpoint", "snapshot")
        if name in members
    )
    return shape.decode(text, Frame)


def _judge(change: Raw, index: int, role: str, letters: Letters) -> None:
    try:
        read_ = _CHANGE[role].decode(change)
        sealed = memoryview(read_.data)
    except msgspec.ValidationError as error:
        raise Bad("change-invalid", f"{error}.") from None
    except (msgspec.DecodeError, RecursionError):
        read_, data = _judge_slowly(bytes(change), role)
        sealed = memoryview(data)
    letter.check(read_.op, bytes(sealed))
    letters.indexes.append(index)
    letters.kinds.append(read_.kind)
    letters.record_ids.append(read_.id)
    letters.ops.append(read_.op)
    letters.data.append(sealed if read_.op == "put" else None)
    if role == "server":
        letters.versions.append(read_.version)
        letters.refs.append(None)
    else:
        letters.versions.append(read_.base_version)
        letters.refs.append(read_.ref)


def _judge_slowly(change: bytes, role: str) -> tuple[Any, bytes]:
    """A change that the decoder refuses as a text: is it the envelope, or the letter?"""
    data = b""
    envelope = []
    try:
        for name, begin, end in splitter.members(change):
            if name == "data":
                data = change[begin:end]
            else:
                splitter.value_end(change, begin, deepest=NESTING - 2)
                if name not in _FIELDS[role]:
                    continue  # nothing that is stored
                envelope.append(b"%s:%s" % (msgspec.json.encode(name), change[begin:end]))
    except splitter.NotJson:
        # Grammar was checked with the whole body: no object, or an envelope nested too deep.
        raise Bad(
            "change-invalid", "The change is no object of the form that is asked for."
        ) from None
    try:
        read_ = _CHANGE[role].decode(b"{%s}" % b",".join(envelope))
    except (msgspec.DecodeError, RecursionError) as error:
        raise Bad("change-invalid", _reason(error)) from None
    return read_, data


def _name(change: Raw) -> tuple[str, str] | None:
    """Kind and id of a refused change, where both can be read."""
    try:
        named = _NAME.decode(change)
    except msgspec.ValidationError:
        return None
    except (msgspec.DecodeError, RecursionError):
        return _name_slowly(bytes(change))
    return named.kind, named.id


def _name_slowly(change: bytes) -> tuple[str, str] | None:
    try:
        members = {
            name: change[begin:end]
            for name, begin, end in splitter.members(change)
            if name in _Name.__struct_fields__
        }
        named = _NAME.decode(b'{"kind":%s,"id":%s}' % (members["kind"], members["id"]))
    except (splitter.NotJson, KeyError, msgspec.DecodeError):
        return None
    return named.kind, named.id


def _reason(error: Exception) -> str:
    if isinstance(error, msgspec.ValidationError):
        return f"{error}."
    return "A text of the change holds a lone surrogate."

"""Snapshots: a server says all that it has of some kinds, and what it does not name is gone."""

import uuid
from datetime import datetime
from typing import Annotated

import msgspec
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from msgspec import Meta

from accounts import pairing
from mailbox import snapshots
from mailbox.resync import PeerGone
from mailbox.snapshots import Found
from sync import bell
from sync.api import problems, shape
from sync.api.base import Endpoint, answer
from sync.api.problems import Problem

_Kind = Annotated[str, Meta(pattern=r"\A[a-z][a-z0-9_]{0,31}\Z")]


class Opening(msgspec.Struct):
    """A server begins to send all that it has of these kinds."""

    version: Annotated[
        int,
        Meta(ge=1, le=2**63 - 1, description="Above every version that was given so far."),
    ]
    kinds: Annotated[list[_Kind], Meta(min_length=1, max_length=1000)]


class Commit(msgspec.Struct):
    """A server has sent all of it."""

    changes: Annotated[
        int, Meta(ge=0, le=2**63 - 1, description="How many changes of its parts were accepted.")
    ]


class SnapshotsView(Endpoint):
    """`POST /snapshots`: one is open at a time."""

    roles = ("server",)
    when_inactive = False

    def post(self, request: HttpRequest) -> HttpResponse:
        said = shape.decode(self.read_body(request), Opening)
        try:
            opened = self._open(said)
        except snapshots.VersionTooLow as error:
            raise problems.invalid_request(
                f"`version` has to lie above every version given so far, the highest is {error}."
            ) from None
        except snapshots.AnotherOpen as error:
            raise Problem(
                409,
                "snapshot-open",
                "This account has an open snapshot; commit it, or wait until it is dropped.",
                members={"snapshot": str(error)},
            ) from None
        return answer({"snapshot": str(opened.id), "expires": opened.expires}, 201)

    def _open(self, said: Opening) -> Found:
        """A server that was retired meanwhile must not stand in its successor's way."""
        with transaction.atomic():
            if not pairing.hold_live(self.caller.peer_id):
                raise PeerGone
            return snapshots.open_snapshot(
                self.caller.push_mailbox_id,
                version=said.version,
                kinds=sorted(set(said.kinds)),
                now=self.now,
            )


class SnapshotView(Endpoint):
    """`GET /snapshots/{id}`: how far it has come."""

    roles = ("server",)

    def get(self, request: HttpRequest, snapshot: str) -> HttpResponse:
        found = _found(snapshot, self.caller.push_mailbox_id, self.now)
        return answer(
            {
                "snapshot": str(found.id),
                "state": found.state,
                "version": found.version,
                "kinds": found.kinds,
                "accepted": found.accepted,
                "expires": found.expires,
            }
        )


class CommitView(Endpoint):
    """`POST /snapshots/{id}/commit`: from now on what it did not name is deleted."""

    roles = ("server",)
    when_inactive = False

    def post(self, request: HttpRequest, snapshot: str) -> HttpResponse:
        said = shape.decode(self.read_body(request), Commit)
        mailbox_id = self.caller.push_mailbox_id
        found = _found(snapshot, mailbox_id, self.now)
        try:
            snapshots.commit(found.id, mailbox_id, changes=said.changes, now=self.now)
        except snapshots.Closed:
            raise snapshot_closed() from None
        except snapshots.Incomplete:
            raise Problem(
                409,
                "snapshot-incomplete",
                "Not every accepted change of the snapshot is applied yet, or their number is"
                " another one; ask again.",
                retry_after=1,
            ) from None
        bell.ring(mailbox_id)
        bell.tell(self.caller.account_id)  # it may have marked readers
        return answer({"state": "applying"}, 202)


def find_snapshot(text: str, mailbox_id: int, now: datetime) -> Found | None:
    """An account's snapshot by an id as it was sent; a malformed one is unknown."""
    try:
        return snapshots.find(uuid.UUID(text), mailbox_id, now=now)
    except ValueError:
        return None


def snapshot_closed() -> Problem:
    """409: it was committed, or dropped."""
    return Problem(
        409, "snapshot-closed", "This snapshot was committed or dropped; open another one."
    )


def _found(text: str, mailbox_id: int, now: datetime) -> Found:
    found = find_snapshot(text, mailbox_id, now)
    if found is None:
        raise problems.not_found()
    return found

"""Marks, resync, and a reader's beginning and end."""

import json
import uuid
from datetime import datetime
from typing import NamedTuple

from django.db import connection, transaction

from accounts.models import Peer
from mailbox import counts, locks, origin
from mailbox.models import Mailbox, Reader
from mailbox.wall import acting_for

CURSOR_AHEAD = "cursor-ahead"
CURSOR_EXPIRED = "cursor-expired"
EPOCH_CHANGED = "epoch-changed"

_TABLES = {"down": "mailbox_change", "up": "mailbox_upchange"}


class PeerGone(Exception):
    """The peer has ended since the request was let in."""


class Resynced(NamedTuple):
    """A reader is back at the start. `keep_copy`: whether the mailbox itself can refill it."""

    waiting: int
    keep_copy: bool


def set_mark(reader_id: int, mark: str, *, generation: int, now: datetime) -> None:
    """Mark a reader that lost something; the first mark stays until the resync.

    Only in the generation whose cursor told of the loss: a resync in between has mended it.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE mailbox_reader SET mark = %s, marked_at = %s"
            " WHERE id = %s AND generation = %s AND mark = ''",
            [mark, now, reader_id, generation],
        )


def resync(reader_id: int, mailbox_id: int, *, now: datetime) -> Resynced:
    """Set the reader to the start, recount, clear its mark, end its earlier cursors.

    Where the mailbox is not filled, the read from there tells a device nothing of what is gone;
    so it is marked once more when the mailbox is.

    `since` stays where something waited already, else it is the moment of the resync.
    """
    with transaction.atomic():
        mailbox = locks.lock(mailbox_id)
        waiting, by_kind = counts.recount(mailbox_id, _TABLES[mailbox.direction])
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE mailbox_reader SET acked = 0, fetches = 0, generation = generation + 1,"
                " mark = '', marked_at = NULL, by_kind = %s, since = CASE WHEN %s = 0 THEN NULL"
                " WHEN waiting > 0 THEN since ELSE %s END, waiting = %s,"
                " later_mark = CASE WHEN later_mark = '' AND %s AND (acked > 0 OR mark <> '')"
                " THEN %s ELSE later_mark END WHERE id = %s",
                [
                    json.dumps(by_kind),
                    waiting,
                    now,
                    waiting,
                    mailbox.direction == "down" and not (mailbox.keep_copy and mailbox.filled),
                    CURSOR_EXPIRED,
                    reader_id,
                ],
            )
    return Resynced(waiting, mailbox.keep_copy)


def open_mailboxes(account_id: int) -> None:
    """Give a new account its two mailboxes, and its server's place in the up mailbox."""
    here = origin.current()
    Mailbox.objects.create(account_id=account_id, direction=Mailbox.Direction.DOWN, origin=here)
    up = Mailbox.objects.create(account_id=account_id, direction=Mailbox.Direction.UP, origin=here)
    with acting_for(account_id):
        Reader.objects.create(mailbox=up)


def open_reader(account_id: int, peer_id: uuid.UUID, *, now: datetime) -> None:
    """Give a new device a reader at the start: it waits for all that lies there."""
    with transaction.atomic():
        mailbox_id = Mailbox.objects.values_list("id", flat=True).get(
            account_id=account_id, direction=Mailbox.Direction.DOWN
        )
        locks.lock(mailbox_id)
        waiting, by_kind = counts.recount(mailbox_id, _TABLES["down"])
        Reader.objects.create(
            mailbox_id=mailbox_id,
            peer_id=peer_id,
            waiting=waiting,
            by_kind=by_kind,
            since=now if waiting else None,
        )


def close_reader(account_id: int, peer_id: uuid.UUID) -> None:
    """End a device's reader; nothing waits for it any more.

    Under the mailbox lock, or an apply that has read the readers would wait for this row
    while this waits for the mailbox.
    """
    with acting_for(account_id):
        reader = Reader.objects.filter(peer_id=peer_id).first()
        if reader is not None:
            locks.lock(reader.mailbox_id)
            reader.delete()


def reader_of(peer: Peer) -> tuple[int, int]:
    """The ids of a live peer's reader and of the mailbox that it reads. Raises PeerGone."""
    with acting_for(peer.account_id):
        if peer.role == Peer.Role.DEVICE:
            reader = Reader.objects.filter(peer=peer).first()
        else:
            reader = Reader.objects.filter(mailbox__account_id=peer.account_id, peer=None).first()
    if reader is None:
        raise PeerGone
    return reader.pk, reader.mailbox_id

"""Snapshots: all that a server has of some kinds. What it does not name becomes deletes.

Its parts are ordinary batches, applied as they come; only the names are kept until the end. The
deletes are made by the mailbox's applier, a slice of records at a time.
"""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db import connection, transaction

from mailbox import counts, keeping, locks
from mailbox.counts import Moved
from mailbox.models import Snapshot
from mailbox.wall import across_accounts, acting_for, acting_for_mailbox

LIFE = timedelta(hours=24)
KEPT_FOR = timedelta(days=30)  # after its end
AT_ONCE = 2000  # records looked at under the mailbox lock

OPEN, APPLYING, APPLIED, DROPPED = Snapshot.State.values


class VersionTooLow(Exception):
    """The version does not lie above every one given so far (the message is the highest)."""


class AnotherOpen(Exception):
    """The account has an open snapshot (the message is its id)."""


class Closed(Exception):
    """The snapshot was committed or dropped."""


class Incomplete(Exception):
    """Not all of its accepted changes are applied, or their number is another."""


class Found(NamedTuple):
    """A snapshot as its server sees it.

    `state`: `open` (until it `expires`), `applying`, `applied` or `dropped`; `accepted`: how many
    changes of its parts were accepted.
    """

    id: uuid.UUID
    state: str
    version: int
    kinds: list[str]
    accepted: int
    expires: datetime


@dataclass(frozen=True, slots=True)
class Part:
    """What a batch adds to the snapshot that it is a part of.

    `names`: kind and id of each change that could be read so far, of refused ones too.
    """

    snapshot: uuid.UUID
    names: Sequence[tuple[str, str]]


def open_snapshot(mailbox_id: int, *, version: int, kinds: Sequence[str], now: datetime) -> Found:
    """Open a snapshot of these kinds. Raises VersionTooLow, AnotherOpen."""
    with transaction.atomic():
        locks.lock(mailbox_id)
        highest = _highest_version(mailbox_id)
        if version <= highest:
            raise VersionTooLow(str(highest))
        opened = Snapshot.objects.filter(mailbox_id=mailbox_id, state=OPEN)
        opened.filter(opened_at__lte=now - LIFE).update(state=DROPPED, ended_at=now)
        found = opened.first()
        if found is not None:
            raise AnotherOpen(str(found.pk))
        made = Snapshot.objects.create(
            mailbox_id=mailbox_id, version=version, kinds=list(kinds), opened_at=now
        )
    return _found(made, now)


def find(snapshot_id: uuid.UUID, mailbox_id: int, *, now: datetime) -> Found | None:
    """An account's own snapshot; another's is as unknown as one that never was."""
    with acting_for_mailbox(mailbox_id):
        snapshot = Snapshot.objects.filter(pk=snapshot_id, mailbox_id=mailbox_id).first()
    return _found(snapshot, now) if snapshot else None


def _found(snapshot: Snapshot, now: datetime) -> Found:
    expires = snapshot.opened_at + LIFE
    state = DROPPED if snapshot.state == OPEN and now >= expires else snapshot.state
    return Found(snapshot.pk, state, snapshot.version, snapshot.kinds, snapshot.accepted, expires)


_BOOK = """
WITH open AS (
    UPDATE mailbox_snapshot SET accepted = accepted + %(accepted)s
    WHERE id = %(snapshot)s AND state = 'open' RETURNING id, mailbox_id
), named AS (
    INSERT INTO mailbox_named (snapshot_id, mailbox_id, kind, record_id)
    SELECT DISTINCT open.id, open.mailbox_id, n.kind, n.record_id
    FROM open, unnest(%(kinds)s::text[], %(ids)s::text[]) AS n(kind, record_id)
    ON CONFLICT DO NOTHING
)
SELECT id FROM open
"""


def book_part(part: Part, accepted: int) -> None:
    """Note a stored part, in the transaction that stores it. Raises Closed.

    The row's lock holds the parts and the commit apart: after a commit no part is booked.
    """
    told: dict[str, Any] = {
        "snapshot": part.snapshot,
        "accepted": accepted,
        "kinds": [kind for kind, _ in part.names],
        "ids": [record_id for _, record_id in part.names],
    }
    with connection.cursor() as cursor:
        cursor.execute(_BOOK, told)
        if cursor.fetchone() is None:
            raise Closed


def commit(snapshot_id: uuid.UUID, mailbox_id: int, *, changes: int, now: datetime) -> None:
    """Close a snapshot whose parts are all applied; repeated: nothing. Raises Closed, Incomplete.

    Its version counts as given from now on, and the mailbox holds every live record again.
    """
    with transaction.atomic():
        mailbox = locks.lock(mailbox_id)
        snapshot = Snapshot.objects.select_for_update(no_key=True).get(pk=snapshot_id)
        state = _found(snapshot, now).state
        if state in (APPLYING, APPLIED):
            return
        if state == DROPPED:
            raise Closed
        if snapshot.accepted != changes or _has_unapplied_part(snapshot):
            raise Incomplete
        Snapshot.objects.filter(pk=snapshot.pk).update(
            state=APPLYING, committed_at=now, committed_head=mailbox.head
        )
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE mailbox_mailbox SET highest_version = greatest(highest_version, %s)"
                " WHERE id = %s",
                [snapshot.version, mailbox_id],
            )
        keeping.fill(mailbox_id, snapshot.pk, snapshot.kinds, now=now)


def is_applying(mailbox_id: int) -> bool:
    """Whether a committed snapshot still has records to look at."""
    return Snapshot.objects.filter(mailbox_id=mailbox_id, state=APPLYING).exists()


def mailboxes_applying() -> list[int]:
    """Mailboxes with a committed snapshot that is not applied to the end."""
    return list(Snapshot.objects.filter(state=APPLYING).values_list("mailbox_id", flat=True))


# In the order of the primary key, so each slice goes on behind the one before. What got its place
# after the commit is not the snapshot's to judge, whatever its version.
_LOOK = """
SELECT kind, record_id FROM mailbox_change
WHERE mailbox_id = %(mailbox)s AND kind = ANY(%(kinds)s)
    AND (kind, record_id) > (%(done_kind)s, %(done_id)s)
ORDER BY kind, record_id OFFSET %(most)s - 1 LIMIT 1
"""
_DELETE = """
WITH gone AS (
    SELECT c.kind, c.record_id, c.place AS old_place, c.size AS old_size,
        %(head)s + row_number() OVER (ORDER BY c.kind, c.record_id) AS place,
        octet_length(c.kind) + octet_length(c.record_id) + %(envelope)s AS size
    FROM mailbox_change c
    WHERE c.mailbox_id = %(mailbox)s AND c.kind = ANY(%(kinds)s)
        AND (c.kind, c.record_id) > (%(done_kind)s, %(done_id)s)
        AND (%(upto_kind)s::text IS NULL
            OR (c.kind, c.record_id) <= (%(upto_kind)s, %(upto_id)s))
        AND c.op = 'put' AND c.version < %(version)s
        AND (c.place IS NULL OR c.place <= %(committed_head)s)
        AND NOT EXISTS (SELECT FROM mailbox_named n WHERE n.snapshot_id = %(snapshot)s
            AND n.kind = c.kind AND n.record_id = c.record_id)
), written AS (
    UPDATE mailbox_change c SET op = 'delete', version = %(version)s, data = NULL,
        size = gone.size, place = gone.place, taken_at = %(taken)s
    FROM gone
    WHERE c.mailbox_id = %(mailbox)s AND c.kind = gone.kind AND c.record_id = gone.record_id
)
SELECT kind, place, old_place, size, old_size, -1 FROM gone
"""


def apply_slice(
    mailbox_id: int, *, now: datetime, on_waiting: Callable[[], None]
) -> list[int] | None:
    """Delete what the committed snapshot did not name, among the next 2,000 records.

    Returns the readers that waited for nothing before, and calls `on_waiting` where there are any
    before it commits; None where there is nothing to do. For the mailbox's applier.
    """
    with transaction.atomic(durable=not connection.in_atomic_block):
        mailbox = locks.lock(mailbox_id)
        snapshot = Snapshot.objects.filter(mailbox_id=mailbox_id, state=APPLYING).first()
        if snapshot is None:
            return None
        told: dict[str, Any] = {
            "mailbox": mailbox_id,
            "snapshot": snapshot.pk,
            "kinds": snapshot.kinds,
            "version": snapshot.version,
            "done_kind": snapshot.done_kind,
            "done_id": snapshot.done_id,
            "head": mailbox.head,
            "taken": snapshot.committed_at,
            "committed_head": snapshot.committed_head,
            "envelope": counts.PAGE_ENVELOPE,
            "most": AT_ONCE,
        }
        with connection.cursor() as cursor:
            cursor.execute(_LOOK, told)
            upto = cursor.fetchone()
            told["upto_kind"], told["upto_id"] = upto or (None, None)
            cursor.execute(_DELETE, told)
            moved = [Moved(*row) for row in cursor.fetchall()]
        waiting = counts.add(mailbox_id, moved, now)
        if waiting:
            on_waiting()
        _note(snapshot, upto, now)
    return waiting


def _note(snapshot: Snapshot, upto: tuple[str, str] | None, now: datetime) -> None:
    mine = Snapshot.objects.filter(pk=snapshot.pk)
    if upto is not None:
        mine.update(done_kind=upto[0], done_id=upto[1])
    else:
        mine.update(state=APPLIED, ended_at=now)


def drop_open(account_id: int, *, now: datetime) -> None:
    """Give up an account's open snapshot: its server has ended, or its names may be lost."""
    with acting_for(account_id):
        opened = Snapshot.objects.filter(mailbox__account_id=account_id, state=OPEN)
        opened.update(state=DROPPED, ended_at=now)


def drop_old(*, now: datetime) -> int:
    """Drop what was not committed within 24 hours; how many. Forget what has ended."""
    # A transaction of its own: who opens the next one waits for this, the mailbox lock in hand.
    with across_accounts("what 24 hours have ended"):
        dropped = Snapshot.objects.filter(state=OPEN, opened_at__lte=now - LIFE).update(
            state=DROPPED, ended_at=now
        )
    with across_accounts("what 24 hours have ended"), connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM mailbox_named n USING mailbox_snapshot s"
            " WHERE s.id = n.snapshot_id AND s.state IN ('applied', 'dropped')"
        )
        Snapshot.objects.filter(ended_at__lte=now - KEPT_FOR).delete()
    return dropped


def _highest_version(mailbox_id: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT greatest(m.highest_version, (SELECT max(b.max_version) FROM mailbox_batch b"
            " WHERE b.mailbox_id = m.id AND b.state = 'received'))"
            " FROM mailbox_mailbox m WHERE m.id = %s",
            [mailbox_id],
        )
        return int(cursor.fetchone()[0])


def _has_unapplied_part(snapshot: Snapshot) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM mailbox_batch"
            " WHERE mailbox_id = %s AND state = 'received' AND part_of = %s AND accepted > 0)",
            [snapshot.mailbox_id, snapshot.pk],
        )
        return bool(cursor.fetchone()[0])

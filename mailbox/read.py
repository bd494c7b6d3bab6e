"""Reading a page. One statement, so one instant; nothing is parsed.

Nothing is written either, but how often a device fetched the page behind its acknowledged place:
`fetches`, since the first of at most an hour ago. Whoever acknowledges fetches each page once; who
is at five fails with one. An acknowledgement and a resync set it back within statements of theirs.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from accounts.database import prepared
from mailbox.cursors import Place
from mailbox.resync import PeerGone

PAGE_BYTES = 4_194_304
STUCK_AFTER = 5
# An hour, and a minute for the seconds by which syncs at an interval drift.
STUCK_WITHIN = timedelta(minutes=61)


@dataclass(frozen=True, slots=True)
class DownChange:
    """A record's newest version; `data` is the JSON text as it was sent, None for a delete."""

    kind: str
    id: str
    op: str
    version: int
    data: str | None


@dataclass(frozen=True, slots=True)
class UpChange:
    """A device's edit; `base_version` None: a new record."""

    kind: str
    id: str
    op: str
    base_version: int | None
    data: str | None
    batch: uuid.UUID
    index: int
    ref: str | None
    device: uuid.UUID


class Page(NamedTuple):
    """What a reader gets in one answer, as of one instant."""

    changes: Sequence[DownChange | UpChange]
    next: Place
    complete: bool
    full: bool
    waiting: int
    generation: int
    head: int
    mark: str


# `OFFSET 0` keeps each part a part: nothing behind the wall is read before it is set. The start
# is worked out in a part of its own, for behind the wall only plain comparisons use an index.
_PAGE = """
WITH r AS MATERIALIZED (
    SELECT reader.*
    FROM (SELECT set_config('app.mailboxes', %(mailboxes)s, true) AS set OFFSET 0) wall
    CROSS JOIN LATERAL (
        SELECT *, coalesce(%(after)s, acked) AS start
        FROM mailbox_reader WHERE id = %(reader)s AND wall.set IS NOT NULL OFFSET 0
    ) reader
){counting}
SELECT m.head, r.acked, r.waiting, r.generation, r.mark, m.keep_copy AND m.filled,
    page.place, page.fetched, {columns}
FROM r
JOIN mailbox_mailbox m ON m.id = r.mailbox_id
LEFT JOIN LATERAL (
    SELECT * FROM (
        SELECT c.*, count(*) OVER () AS fetched, row_number() OVER (ORDER BY c.place) AS nth,
            sum(c.size) OVER (ORDER BY c.place) AS upto
        FROM (
            SELECT * FROM {table} t
            WHERE t.mailbox_id = r.mailbox_id AND t.place > r.start
            ORDER BY t.place LIMIT %(rows)s
        ) c
    ) counted WHERE nth = 1 OR upto <= %(bytes)s
) page ON true
{joins}
ORDER BY page.place
"""
# Costs no wait: neither for who holds the reader (an apply, an acknowledgement), whose turn then
# goes uncounted, nor for the disk, for a lost count is no lost change. At five it is known, and
# nothing is written any more.
_COUNTING = f""", own AS (
    SELECT id, set_config('synchronous_commit', 'off', true) FROM mailbox_reader
    WHERE id = (SELECT id FROM r
        WHERE start = acked AND waiting > 0 AND mark = '' AND fetches < {STUCK_AFTER})
    FOR NO KEY UPDATE SKIP LOCKED
), counted AS (
    UPDATE mailbox_reader f SET
        fetches = CASE WHEN f.fetched_since >= %(window)s THEN f.fetches ELSE 0 END + 1,
        fetched_since = CASE WHEN f.fetches > 0 AND f.fetched_since >= %(window)s
            THEN f.fetched_since ELSE %(now)s END
    FROM own WHERE f.id = own.id
)"""
_DOWN = _PAGE.format(
    table="mailbox_change",
    counting=_COUNTING,
    columns="page.kind, page.record_id, page.op, page.version, page.data",
    joins="",
)
_UP = _PAGE.format(
    table="mailbox_upchange",
    counting="",
    columns="page.kind, page.record_id, page.op, page.base_version, page.data, b.uuid,"
    " page.index, page.ref, page.device_id",
    joins="LEFT JOIN LATERAL"
    " (SELECT uuid FROM mailbox_batch WHERE id = page.batch_id OFFSET 0) b ON true",
)
_FACTS = 8  # columns before the change itself


def page(
    reader_id: int,
    *,
    mailbox_id: int,
    direction: str,
    after: Place | None,
    limit: int,
    now: datetime,
) -> Page:
    """The changes after `after` (None: the acknowledged place), at most `limit`.

    Cut at 4 MiB too, but never below one change. `next` is the last row's place where more
    lies behind it, the head where nothing does: all from one snapshot, so a complete page
    leaves the reader equal to the mailbox at that instant. To be called outside a transaction:
    what else that wrote would be flushed no sooner than the count.
    """
    start = None if after is None else after.place
    rows = prepared(
        _DOWN if direction == "down" else _UP,
        {
            "mailboxes": f"{{{mailbox_id}}}",
            "after": start,
            "reader": reader_id,
            "rows": limit + 1,
            "bytes": PAGE_BYTES - 512,
            "now": now,
            "window": now - STUCK_WITHIN,
        },
    )
    if not rows:
        raise PeerGone
    head, acked, waiting, generation, mark, holds_all, place, fetched = rows[0][:_FACTS]
    shape: type[DownChange | UpChange] = DownChange if direction == "down" else UpChange
    # An empty page is the outer join's one row without a place.
    shown = rows[:limit] if place is not None else []
    complete = not shown or len(shown) == fetched
    begins = (acked if start is None else start) == 0
    full = (
        direction == "down" and holds_all and (begins or (after is not None and after.from_start))
    )
    next_place = Place(head, False) if complete else Place(shown[-1][_FACTS - 2], full)
    changes = [shape(*row[_FACTS:]) for row in shown]
    return Page(changes, next_place, complete, full, waiting, generation, head, mark)

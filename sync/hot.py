"""The hot path's statements: who calls, and "is there mail for me?", one query each.

The one place that joins tables of three rooms; tests hold it equal to the rooms' own
functions.
"""

import uuid
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from accounts.database import prepared
from accounts.models import effective_state
from sync.presence import Contacts, minutes

# A received batch of this age in the caller's own mailbox: the workers are not at it.
OVERDUE = timedelta(seconds=20)


class Caller(NamedTuple):
    """An authenticated peer with all that a request needs to know of it, as of one instant.

    `mailbox_id` is the mailbox it reads (a device the down, a server the up mailbox) and
    `push_mailbox_id` the one it pushes into; `rows` and `bytes` are the account's.
    """

    peer_id: uuid.UUID
    role: str
    name: str
    install_id: uuid.UUID
    token_used_at: datetime | None
    account_id: int
    stored_state: str
    ends_at: datetime | None
    server_interval: int
    device_interval: int
    mailbox_id: int
    push_mailbox_id: int
    rows: int
    bytes: int
    reader_id: int
    waiting: int
    by_kind: str  # the JSON text, passed through
    since: datetime | None
    mark: str
    generation: int
    last_contact: datetime | None
    last_sync: datetime | None
    session_id: uuid.UUID | None
    session_implicit: bool | None
    session_last_request: datetime | None
    erase_requested: bool
    overdue: bool

    def account_state(self, now: datetime) -> str:
        """The account's effective state."""
        return effective_state(self.stored_state, self.ends_at, now)

    @property
    def direction(self) -> str:
        """The mailbox that this peer reads: `down` or `up`."""
        return "down" if self.role == "device" else "up"

    @property
    def interval(self) -> timedelta:
        """How often a peer of this role is expected."""
        minutes = self.device_interval if self.role == "device" else self.server_interval
        return timedelta(minutes=minutes)


class PendingCommand(NamedTuple):
    """A command that is requested or fetched, not ended."""

    id: str
    do: str
    fetched: bool


class Mail(NamedTuple):
    """What a poll tells beyond the caller: for a device of the office, for a server of itself."""

    oldest: datetime | None
    commands: list[PendingCommand]
    server: Contacts | None
    server_pending: int | None
    checkpoint: str | None
    highest_version: int
    epoch: uuid.UUID


# The reader is read once the wall lets this account through (`OFFSET 0` keeps the order); what
# else lies behind the wall is looked up for the row that this gives. In whatever order tables are
# joined, nobody else's mailboxes may set it first: a policy looks at it once a statement.
_WALL = """
CROSS JOIN LATERAL (
    SELECT CASE WHEN p.account_id = rm.account_id AND p.account_id = wm.account_id THEN
        set_config('app.mailboxes', format('{{%%s,%%s}}', rm.id, wm.id), true)
    END AS set OFFSET 0
) wall
CROSS JOIN LATERAL (
    SELECT * FROM mailbox_reader WHERE {reader} AND wall.set IS NOT NULL OFFSET 0
) r
"""
# Written for each role apart: a join that fits both would have to look at every reader.
_ROLE_FROM = {
    "device": f"""
FROM accounts_peer p
JOIN accounts_account a ON a.id = p.account_id
JOIN mailbox_mailbox rm ON rm.account_id = p.account_id AND rm.direction = 'down'
JOIN mailbox_mailbox wm ON wm.account_id = p.account_id AND wm.direction = 'up'
{_WALL.format(reader="peer_id = p.id")}
LEFT JOIN sync_presence pr ON pr.peer_id = p.id
LEFT JOIN sync_session s ON s.peer_id = p.id AND s.result IS NULL
""",
    "server": f"""
FROM accounts_peer p
JOIN accounts_account a ON a.id = p.account_id
JOIN mailbox_mailbox rm ON rm.account_id = p.account_id AND rm.direction = 'up'
JOIN mailbox_mailbox wm ON wm.account_id = p.account_id AND wm.direction = 'down'
{_WALL.format(reader="mailbox_id = rm.id AND peer_id IS NULL")}
LEFT JOIN sync_presence pr ON pr.peer_id = p.id
LEFT JOIN sync_session s ON s.peer_id = p.id AND s.result IS NULL
""",
}
_CALLER = """
    p.id, p.role, p.name, p.install_id, p.token_used_at,
    a.id, a.state, a.ends_at, a.server_interval, a.device_interval,
    rm.id, wm.id, rm.rows + wm.rows, rm.bytes + wm.bytes,
    r.id, r.waiting, r.by_kind::text, r.since, r.mark, r.generation,
    pr.last_contact, pr.last_sync, s.id, s.implicit, s.last_request_at,
    EXISTS (SELECT FROM sync_command c WHERE c.peer_id = p.id AND c.do = 'erase'
        AND c.state IN ('requested', 'fetched')),
    EXISTS (SELECT FROM mailbox_batch b WHERE b.mailbox_id = rm.id AND b.state = 'received'
        AND b.received_at < %(overdue)s
        AND (b.next_try_at IS NULL OR b.next_try_at < %(now)s))
"""
_WHERE = " WHERE p.token_hash = %(token)s AND p.state = 'active' AND p.role = %(role)s"

_COMMANDS = """
    (SELECT json_agg(json_build_array(c.id, c.do, c.fetched_at IS NOT NULL)
        ORDER BY c.requested_at, c.id)
     FROM sync_command c WHERE c.peer_id = p.id AND c.state IN ('requested', 'fetched'))
"""
_OLDEST = """
    (SELECT c.taken_at FROM {table} c
     WHERE r.waiting > 0 AND c.mailbox_id = rm.id AND c.place > r.acked
     ORDER BY c.place LIMIT 1)
"""
_MAIL = {
    "device": f"""
    {_OLDEST.format(table="mailbox_change")}, {_COMMANDS},
    sp.last_contact, sp.next_contact_in, sp.last_sync, a.grace, sp.pending,
    NULL::text, 0::bigint, rm.epoch
""",
    "server": f"""
    {_OLDEST.format(table="mailbox_upchange")}, {_COMMANDS},
    NULL::timestamptz, NULL::integer, NULL::timestamptz, NULL::integer, NULL::integer,
    wm.checkpoint,
    greatest(wm.highest_version, (SELECT max(b.max_version) FROM mailbox_batch b
        WHERE b.mailbox_id = wm.id AND b.state = 'received')),
    wm.epoch
""",
}
_MAIL_FROM = {
    "device": """
LEFT JOIN accounts_peer srv ON srv.account_id = p.account_id AND srv.role = 'server'
    AND srv.state = 'active'
LEFT JOIN sync_presence sp ON sp.peer_id = srv.id
""",
    "server": "",
}

_CALLER_SQL = {role: f"SELECT {_CALLER} {from_} {_WHERE}" for role, from_ in _ROLE_FROM.items()}
_POLL_SQL = {
    role: f"SELECT {_CALLER}, {_MAIL[role]} {from_} {_MAIL_FROM[role]} {_WHERE}"
    for role, from_ in _ROLE_FROM.items()
}
# What a device has sent and not heard the end of, its failed batches aside. Few lie there: both
# indexes hold what is open alone.
_OPEN_EDITS = {
    "device": """
    (SELECT count(*) FROM mailbox_outcome o JOIN mailbox_batch b ON b.id = o.batch_id
     WHERE o.mailbox_id = wm.id AND o.state IN ('waiting', 'collected') AND b.peer_id = p.id)
    + (SELECT coalesce(sum(b.accepted), 0) FROM mailbox_batch b
     WHERE b.mailbox_id = wm.id AND b.state = 'received' AND b.peer_id = p.id)
""",
    "server": "0",
}
_LOOK_SQL = {
    role: f"SELECT {_CALLER}, {_MAIL[role]}, {_OPEN_EDITS[role]}"
    f" {from_} {_MAIL_FROM[role]} {_WHERE}"
    for role, from_ in _ROLE_FROM.items()
}
_WIDTH = len(Caller._fields)


def caller(token_hash: bytes, role: str, now: datetime) -> Caller | None:
    """Who of this role holds this token, or None where nobody live does."""
    row = _one(_CALLER_SQL, token_hash, role, now)
    return Caller(*row) if row else None


def poll(token_hash: bytes, role: str, now: datetime) -> tuple[Caller, Mail] | None:
    """Who holds this token and what lies there for them, in one statement."""
    row = _one(_POLL_SQL, token_hash, role, now)
    return _polled(row) if row else None


def look(token_hash: bytes, role: str, now: datetime) -> tuple[Caller, Mail, int] | None:
    """The same for whoever may wait; also how many of its edits have no final outcome yet."""
    row = _one(_LOOK_SQL, token_hash, role, now)
    return (*_polled(row[:-1]), int(row[-1])) if row else None


def _polled(row: tuple[Any, ...]) -> tuple[Caller, Mail]:
    who = Caller(*row[:_WIDTH])
    oldest, commands, *office, pending, checkpoint, highest, epoch = row[_WIDTH:]
    server = _server(who, *office) if who.role == "device" else None
    pending_commands = [PendingCommand(*command) for command in commands or ()]
    return who, Mail(oldest, pending_commands, server, pending, checkpoint, highest, epoch)


def _server(
    who: Caller,
    last_contact: datetime | None,
    next_contact_in: int | None,
    last_sync: datetime | None,
    grace: int | None,
) -> Contacts:
    interval = timedelta(minutes=who.server_interval)
    return Contacts(last_contact, next_contact_in, last_sync, interval, minutes(grace))


def _one(
    statements: dict[str, str], token_hash: bytes, role: str, now: datetime
) -> tuple[Any, ...] | None:
    told = {"token": token_hash, "role": role, "now": now, "overdue": now - OVERDUE}
    return next(iter(prepared(statements[role], told)), None)

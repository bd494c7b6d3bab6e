"""Silences: each time that a peer fell asleep and came back, as an event that can be listed.

Whether a peer is asleep is computed wherever somebody looks (`sync.presence`). That it was is noted
here: a device that asks without a session leaves no trace but its last contact.
"""

from datetime import datetime, timedelta

from django.db import connection

from sync.findings.facts import AccountFacts
from sync.forget import older
from sync.models import Silence

KEPT_FOR = timedelta(days=30)

# Safe to run twice, and at once: the unique index knows of the first. Who called after the look is
# not asleep.
_BEGIN = """
INSERT INTO sync_silence (peer_id, began_at, noticed_at)
SELECT pr.peer_id, pr.last_contact, %(now)s
FROM unnest(%(peers)s::uuid[], %(heard)s::timestamptz[]) AS asleep (peer_id, heard)
JOIN sync_presence pr ON pr.peer_id = asleep.peer_id AND pr.last_contact = asleep.heard
ON CONFLICT (peer_id) WHERE ended_at IS NULL DO NOTHING
"""
_END = """
UPDATE sync_silence s SET ended_at = pr.last_contact
FROM sync_presence pr JOIN accounts_peer p ON p.id = pr.peer_id
WHERE p.account_id = %(account)s AND s.peer_id = pr.peer_id AND s.ended_at IS NULL
    AND pr.last_contact > s.began_at
"""


def note(facts: AccountFacts, account_id: int, *, now: datetime) -> None:
    """Note which of an account's peers fell asleep or came back since the last look."""
    asleep = [peer for peer in facts.live if peer.presence(now) == "asleep"]
    with connection.cursor() as cursor:
        cursor.execute(_END, {"account": account_id})
        if asleep:
            peers, heard = zip(*((p.id, p.contacts.last_contact) for p in asleep), strict=True)
            cursor.execute(_BEGIN, {"now": now, "peers": list(peers), "heard": list(heard)})


def forget(*, now: datetime) -> int:
    """Delete silences that ended more than 30 days ago; how many."""
    return older(Silence.objects.all(), by="ended_at", than=now - KEPT_FOR)

"""What the mailboxes keep, recounted: every count is as if it were counted now."""

from collections.abc import Iterable, Sequence
from typing import Any

from tests.office import Office, Program, another_session


def rows(sql: str, *parameters: object) -> list[tuple[Any, ...]]:
    """Look into the tables, past the doors and the wall."""
    with another_session() as looker:
        return looker.execute(sql.encode(), parameters).fetchall()


def mailboxes(office: Office) -> tuple[int, int]:
    """The ids of the account's down and up mailbox."""
    found = rows(
        "SELECT m.id FROM mailbox_mailbox m JOIN accounts_account a ON a.id = m.account_id"
        " WHERE a.number = %s ORDER BY m.direction",
        office.number,
    )
    return found[0][0], found[1][0]


_MAILBOX = """
SELECT m.direction, m.rows, m.bytes, m.live, count(c.place), coalesce(sum(c.size), 0),
    count(*) FILTER (WHERE c.live), coalesce(max(c.place), 0) <= m.head,
    count(DISTINCT c.place) = count(c.place)
FROM mailbox_mailbox m JOIN accounts_account a ON a.id = m.account_id
LEFT JOIN (
    SELECT mailbox_id, place, size, op = 'put' AS live FROM mailbox_change
    UNION ALL SELECT mailbox_id, place, size, false FROM mailbox_upchange
) c ON c.mailbox_id = m.id
WHERE a.number = %s GROUP BY m.id
"""
_READERS = """
SELECT r.peer_id, r.waiting, r.by_kind, r.since IS NULL, coalesce(sum(n.n), 0)::bigint,
    coalesce(jsonb_object_agg(n.kind, n.n) FILTER (WHERE n.n > 0), '{}')
FROM mailbox_reader r JOIN mailbox_mailbox m ON m.id = r.mailbox_id
JOIN accounts_account a ON a.id = m.account_id
LEFT JOIN LATERAL (
    SELECT kind, count(*) AS n FROM (
        SELECT mailbox_id, place, kind FROM mailbox_change
        UNION ALL SELECT mailbox_id, place, kind FROM mailbox_upchange
    ) c WHERE c.mailbox_id = r.mailbox_id AND c.place > r.acked GROUP BY kind
) n ON true
WHERE a.number = %s GROUP BY r.id
"""


def check_books(office: Office) -> None:
    """Both mailboxes' and all readers' counts equal a recount; no place is taken twice."""
    for direction, kept, weight, live, n, size, puts, in_head, unique in rows(
        _MAILBOX, office.number
    ):
        assert (kept, weight, live) == (n, size, puts), direction
        assert in_head, direction
        assert unique, direction
    for peer, waiting, by_kind, no_since, n, kinds in rows(_READERS, office.number):
        assert (waiting, by_kind) == (n, kinds), peer
        assert no_since == (n == 0), peer


def versions(changes: Iterable[dict[str, Any]]) -> dict[str, int]:
    """A device's copy after these changes, by id: no change may lead back to an older version."""
    copy: dict[str, int] = {}
    for change in changes:
        assert change["version"] > copy.get(change["id"], 0), change
        copy[change["id"]] = change["version"]
    return copy


def check_drained(office: Office, *devices: Program) -> None:
    """Every device that collects to the end is told the exact count before, and 0 after."""
    check_books(office)
    for device in devices:
        total = device.mailbox()["waiting"]["total"]
        assert len(device.collect()) == total
        assert device.mailbox()["waiting"]["total"] == 0
    check_books(office)


def outcomes(batch: dict[str, Any]) -> Sequence[str]:
    """The states of a batch's outcomes, in order."""
    return [outcome["state"] for outcome in batch["outcomes"]]

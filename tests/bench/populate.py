"""Fill an empty database with 100,000 accounts: `python -m tests.bench.populate`.

About 200,000 programs, 1,000,000 changes, 600,000 sessions, by bulk SQL, in a minute or two;
needs the services of a running program (`manage.py` must reach them). The counts that the rooms
keep are set as they would be. Nine accounts in ten are well; the others are late, asleep,
suspended or expired.
"""

import os
import sys
import time
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hhcportal.settings")

ACCOUNTS = 100_000
CHANGES = 1_000_000
BIG = 150_000  # changes of one account that is larger than all others
BIG_ACCOUNT = "10000007"
RARE = "Außendienst-Tablet 4711"

STATEMENTS = {
    "accounts": """
        INSERT INTO accounts_account (number, name, state, state_since, ends_at, server_interval,
            device_interval, created_at)
        SELECT (10000000 + n)::text,
            (ARRAY['Weingut','Kanzlei','Praxis','Autohaus','Tischlerei','Makler'])[1 + n %% 6]
                || ' ' || (ARRAY['Steinberg','Anders','Köhler','Meißner','Özdemir','Brandt'])
                    [1 + n / 6 %% 6] || ' ' || n,
            CASE WHEN n %% 50 = 0 THEN 'suspended' WHEN n %% 20 = 0 THEN 'trial' ELSE 'active' END,
            %(now)s, CASE WHEN n %% 33 = 0 THEN %(now)s::timestamptz - interval '3 days' END,
            30, 15, %(now)s
        FROM generate_series(1, %(accounts)s) n""",
    "people": """
        INSERT INTO accounts_user (password, is_superuser, email, name, language, is_staff,
            is_active, joined_at)
        SELECT '!', false, 'owner' || n || '@firma' || n %% 1000 || '.example', '', '', false,
            true, %(now)s
        FROM generate_series(1, %(accounts)s) n""",
    "memberships": """
        INSERT INTO accounts_membership (account_id, user_id, role, created_at)
        SELECT a.id, u.id, 'owner', %(now)s FROM accounts_account a
        JOIN accounts_user u ON u.email = 'owner' || (a.number::int - 10000000)
            || '@firma' || (a.number::int - 10000000) %% 1000 || '.example'""",
    "servers and devices": """
        INSERT INTO accounts_peer (id, account_id, role, name, platform, client_version, install_id,
            state, paired_at)
        SELECT gen_random_uuid(), a.id, r.role,
            CASE WHEN r.role = 'server' THEN 'BÜRO-PC ' || a.number
                WHEN a.number = '10050000' THEN %(rare)s
                ELSE (ARRAY['Pixel 9','iPhone 17','Galaxy S25','iPad Lager'])[1 + a.id %% 4] END,
            CASE r.role WHEN 'server' THEN 'windows' ELSE 'android' END, '1.0.0',
            gen_random_uuid(), 'active', %(now)s::timestamptz - a.id * interval '1 minute'
        FROM accounts_account a CROSS JOIN (VALUES ('server'), ('device')) r(role)""",
    "presences": """
        INSERT INTO sync_presence (peer_id, last_contact, next_contact_in, last_sync, pending,
            pending_at)
        SELECT p.id, t.at, CASE p.role WHEN 'server' THEN 1800 ELSE 900 END, t.at, 0, t.at
        FROM accounts_peer p
        CROSS JOIN LATERAL (SELECT %(now)s::timestamptz - CASE
            WHEN p.account_id %% 25 = 0 THEN interval '2 days'
            WHEN p.account_id %% 25 = 1 AND p.role = 'device' THEN interval '20 minutes'
            ELSE interval '1 minute' END AS at) t""",
    "mailboxes": """
        INSERT INTO mailbox_mailbox (account_id, direction, head, rows, bytes, live,
            highest_version, epoch, keep_copy, filled, storage_days)
        SELECT a.id, d.direction, 0, 0, 0, 0, 0, gen_random_uuid(), true, true, 60
        FROM accounts_account a CROSS JOIN (VALUES ('down'), ('up')) d(direction)""",
    "readers": """
        INSERT INTO mailbox_reader (mailbox_id, peer_id, acked, waiting, by_kind, generation, mark)
        SELECT m.id, p.id, 0, 0, '{}', 1, '' FROM mailbox_mailbox m
        LEFT JOIN accounts_peer p ON p.account_id = m.account_id AND p.role = 'device'
            AND m.direction = 'down'""",
    "changes": """
        INSERT INTO mailbox_change (mailbox_id, kind, record_id, op, version, data, size, place,
            taken_at)
        SELECT m.id, (ARRAY['contact','history','note'])[1 + n %% 3], 'r' || n, 'put', n,
            '{"fullName":"Maria Anders","note":"' || repeat('x', 300) || '"}', 440, n, %(now)s
        FROM mailbox_mailbox m
        CROSS JOIN LATERAL generate_series(1, CASE WHEN m.account_id = %(big_account)s
            THEN %(big)s ELSE (%(changes)s - %(big)s) / %(accounts)s + m.account_id %% 2 END) n
        WHERE m.direction = 'down'""",
    "mailboxes' counts": """
        UPDATE mailbox_mailbox m SET head = c.n, rows = c.n, live = c.n, bytes = c.bytes,
            highest_version = c.n
        FROM (SELECT mailbox_id, count(*) n, sum(size) bytes FROM mailbox_change GROUP BY 1) c
        WHERE c.mailbox_id = m.id""",
    "readers' counts": """
        UPDATE mailbox_reader r SET waiting = m.head, since = %(now)s::timestamptz,
            by_kind = (SELECT jsonb_object_agg(k.kind, k.n) FROM (SELECT kind, count(*) n
                FROM mailbox_change c WHERE c.mailbox_id = m.id GROUP BY kind) k)
        FROM mailbox_mailbox m WHERE m.id = r.mailbox_id AND m.head > 0
            AND (m.account_id %% 25 = 0 OR m.account_id = %(big_account)s)""",
    "readers that have all": """
        UPDATE mailbox_reader r SET acked = m.head FROM mailbox_mailbox m
        WHERE m.id = r.mailbox_id AND r.waiting = 0 AND m.head > 0""",
    "sessions": """
        INSERT INTO sync_session (id, peer_id, account_id, implicit, reason, client_version,
            started_at, last_request_at, finished_at, result, error_code, error_detail, sent,
            received, batches, client_counts, slept)
        SELECT gen_random_uuid(), p.id, p.account_id, false, 'scheduled', '1.0.0', t.at, t.at, t.at,
            'ok', '', '', 3, 2, 1, '{}', '[]'
        FROM accounts_peer p CROSS JOIN generate_series(1, 3) n
        CROSS JOIN LATERAL (SELECT %(now)s::timestamptz - n * interval '30 minutes' AS at) t""",
    "batches": """
        INSERT INTO mailbox_batch (uuid, mailbox_id, peer_id, key, body_sha256, received_at, state,
            accepted, applied, stale, rejected, max_version, tries, final_at)
        SELECT gen_random_uuid(), m.id, p.id, 'k' || n, '', %(now)s, 'applied', 5, 5, 0, '[]', n, 0,
            %(now)s
        FROM accounts_peer p JOIN mailbox_mailbox m ON m.account_id = p.account_id
            AND m.direction = 'down'
        CROSS JOIN generate_series(1, 3) n WHERE p.role = 'server'""",
    "audit events": """
        INSERT INTO accounts_auditevent (account_id, at, actor, action, detail)
        SELECT a.id, %(now)s, 'operator', 'account-opened', '{}' FROM accounts_account a
        CROSS JOIN generate_series(1, 3)""",
}


def fill(*, accounts: int, changes: int, big: int) -> None:
    """Fill an empty database; of the changes, `big` lie in the seventh account's mailbox."""
    from django.db import connection

    from accounts import clock
    from accounts.models import Account
    from mailbox.wall import across_accounts

    values: dict[str, Any] = {"now": clock.now(), "accounts": accounts, "changes": changes,
              "big": big, "rare": RARE, "big_account": 0}  # fmt: skip
    with across_accounts("to fill them all"), connection.cursor() as cursor:
        for name, statement in STATEMENTS.items():
            begun = time.monotonic()
            cursor.execute(statement, values)
            sys.stdout.write(f"{cursor.rowcount:>10,} {name} ({time.monotonic() - begun:.1f} s)\n")
            sys.stdout.flush()
            if name == "accounts":
                values["big_account"] = Account.objects.get(number=BIG_ACCOUNT).pk


def main() -> int:
    """Fill the database; 1 where it holds accounts already."""
    import django

    django.setup()
    from django.db import connection

    from accounts.models import Account

    if Account.objects.exists():
        sys.stderr.write("This database holds accounts already: fill an empty one.\n")
        return 1
    fill(accounts=ACCOUNTS, changes=CHANGES, big=BIG)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""What a full mailbox costs its overview: `python -m tests.bench.overview [--waiting 1000000]`.

The program runs as `make run` starts it, in a folder of its own. Two accounts with one server and
one device: ten changes wait for the one device, so many for the other. Their overviews are asked
for in turn over HTTP, whole and only the part that refreshes itself. Prints the medians in
milliseconds, and one JSON object on the last line.
"""

import argparse
import json
import secrets
import sys
import time
from statistics import median

import httpx
import psycopg

from hhcportal.run.postgres import conninfo
from hhcportal.run.steps import say
from tests.bench.rig import Rig, rig

FEW, MANY, ROUNDS = 10, 1_000_000, 60
EMAIL = "bench@example.com"

# Changes as the server's batches leave them, and the counts that the rooms keep of them.
FILL = (
    """
    INSERT INTO mailbox_change (mailbox_id, kind, record_id, op, version, data, size, place,
        taken_at)
    SELECT m.id, (ARRAY['contact','history','note'])[1 + n %% 3], 'r' || n, 'put', n,
        '{"fullName":"Maria Anders","note":"' || repeat('x', 300) || '"}', 440, n,
        now() - interval '10 minutes'
    FROM mailbox_mailbox m JOIN accounts_account a ON a.id = m.account_id
    CROSS JOIN generate_series(1, %(changes)s) n
    WHERE a.number = %(account)s AND m.direction = 'down'""",
    """
    UPDATE mailbox_mailbox m SET head = %(changes)s, live = %(changes)s, rows = %(changes)s,
        bytes = 440 * %(changes)s, highest_version = %(changes)s
    FROM accounts_account a
    WHERE a.id = m.account_id AND a.number = %(account)s AND m.direction = 'down'""",
    """
    UPDATE mailbox_reader r SET waiting = %(changes)s, since = now() - interval '10 minutes',
        by_kind = (SELECT jsonb_object_agg(kind, n) FROM (SELECT kind, count(*) n
            FROM mailbox_change WHERE mailbox_id = m.id GROUP BY kind) k)
    FROM mailbox_mailbox m JOIN accounts_account a ON a.id = m.account_id
    WHERE r.mailbox_id = m.id AND a.number = %(account)s AND m.direction = 'down'""",
)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--waiting", type=int, default=MANY)
    many = parser.parse_args().waiting
    password = secrets.token_urlsafe(12)
    with rig() as running:
        accounts = {waiting: _account(running, waiting, password) for waiting in (FEW, many)}
        with psycopg.connect(conninfo(running.database_url), autocommit=True) as database:
            database.execute("VACUUM ANALYZE")
        with httpx.Client(base_url=f"http://127.0.0.1:{running.port}", timeout=60) as browser:
            _sign_in(browser, password)
            figures = {
                name: _measured(browser, accounts, query)
                for name, query in (("overview", ""), ("its part", "?part=live"))
            }
    for name, by_waiting in figures.items():
        told = ", ".join(f"{ms:.1f} ms with {count:,}" for count, ms in by_waiting.items())
        say(f"{name:10} {told} waiting; ratio {by_waiting[many] / by_waiting[FEW]:.2f}")
    say(json.dumps({name: round(found[many] / found[FEW], 3) for name, found in figures.items()}))
    return 0


def _account(running: Rig, waiting: int, password: str) -> str:
    words = ("create_account", f"{waiting} waiting", "--email", EMAIL, "--password", password)
    number: str = running.manage(*words)["account"]
    for role in ("server", "device"):
        running.pair(number, role)
    with psycopg.connect(conninfo(running.database_url), options="-c app.scope=all") as database:
        for statement in FILL:
            database.execute(statement, {"account": number, "changes": waiting})
    return number


def _sign_in(browser: httpx.Client, password: str) -> None:
    browser.get("/auth/login/")
    form = {
        "login": EMAIL,
        "password": password,
        "csrfmiddlewaretoken": browser.cookies["csrftoken"],
    }
    answer = browser.post("/auth/login/", data=form, headers={"Origin": str(browser.base_url)})
    assert answer.status_code == 302, answer.text[:300]


def _measured(browser: httpx.Client, accounts: dict[int, str], query: str) -> dict[int, float]:
    """Milliseconds by how many wait: the medians of rounds in turn, after one to warm up."""
    took: dict[int, list[float]] = {waiting: [] for waiting in accounts}
    for _ in range(ROUNDS + 1):
        for waiting, number in accounts.items():
            begun = time.perf_counter()
            answer = browser.get(f"/accounts/{number}/{query}")
            took[waiting].append((time.perf_counter() - begun) * 1000)
            assert answer.status_code == 200
    return {waiting: median(times[1:]) for waiting, times in took.items()}


if __name__ == "__main__":
    sys.exit(main())

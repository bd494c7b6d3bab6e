"""Pulling pages, beside one connection that reads the same rows."""

import json
import time
import uuid

import psycopg

from hhcportal.run.postgres import conninfo
from tests.bench.rig import BATCH, Rig, Wire, change, threads

RECORDS = 10_000
READERS = 2
TIMES = 2


class Pulling:
    """Every reader pulls all records from the start, in pages of 500."""

    def __init__(self, rig: Rig) -> None:
        self._rig = rig
        account = rig.account()
        self._account = account
        with Wire(rig.port, rig.pair(account, "server")) as server:
            for first in range(0, RECORDS, BATCH):
                changes = b",".join(change(n, 1) for n in range(first, first + BATCH))
                body = b'{"changes":[%s]}' % changes
                server.ask("POST", "/batches", body, Idempotency_Key=str(uuid.uuid4()))
        self._phones = [rig.pair(account, "device") for _ in range(READERS)]
        with Wire(rig.port, self._phones[0]) as phone:
            while json.loads(phone.ask("GET", "/mailbox")[1])["waiting"]["total"] < RECORDS:
                time.sleep(0.05)

    def program(self) -> float:
        """Records a second over HTTP."""

        def work(nth: int) -> None:
            with Wire(self._rig.port, self._phones[nth]) as phone:
                for _ in range(TIMES):
                    _read_all(phone)

        begun = time.perf_counter()
        threads(READERS, work)
        return READERS * TIMES * RECORDS / (time.perf_counter() - begun)

    def yardstick(self) -> float:
        """Records a second: one psycopg connection, 500 rows a statement, by the same index."""
        rows = 0
        with psycopg.connect(
            conninfo(self._rig.database_url), autocommit=True, options="-c app.scope=all"
        ) as connection:
            begun = time.perf_counter()
            for _ in range(READERS * TIMES):
                place = 0
                while page := connection.execute(
                    "SELECT c.place, c.kind, c.record_id, c.op, c.version, c.data"
                    " FROM mailbox_change c JOIN mailbox_mailbox m ON m.id = c.mailbox_id"
                    " JOIN accounts_account a ON a.id = m.account_id"
                    " WHERE a.number = %s AND m.direction = 'down' AND c.place > %s"
                    " ORDER BY c.place LIMIT 500",
                    [self._account, place],
                ).fetchall():
                    place = page[-1][0]
                    rows += len(page)
            return rows / (time.perf_counter() - begun)


def _read_all(phone: Wire) -> None:
    cursor = ""
    while True:
        status, answer = phone.ask("GET", f"/changes?limit=500&after={cursor}")
        assert status == 200, answer
        # The letters are not parsed: what is around them ends the page.
        tail = b'{"x":0' + answer[answer.rindex(b',"cursor":') :]
        page = json.loads(tail)
        cursor = page["cursor"]
        if page["complete"]:
            return

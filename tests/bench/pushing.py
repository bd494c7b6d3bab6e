"""Pushing until readable, beside one connection that writes the same rows."""

import json
import time
import uuid

import psycopg

from hhcportal.run.postgres import conninfo
from tests.bench.rig import BATCH, Rig, Wire, change, threads

BATCHES = 20
SENDERS = 2
SAMPLES = 30

_TABLE = """
CREATE TABLE IF NOT EXISTS yardstick (mailbox_id bigint, kind varchar(32) COLLATE "C",
    record_id varchar(64) COLLATE "C", op varchar(6), version bigint, data text, place bigint,
    PRIMARY KEY (mailbox_id, kind, record_id), UNIQUE (mailbox_id, place))
"""
_UPSERT = """
INSERT INTO yardstick
SELECT 1, 'contact', u.id, 'put', u.version, u.data, u.place
FROM unnest(%b::text[], %b::bigint[], %b::text[], %b::bigint[]) AS u(id, version, data, place)
ON CONFLICT (mailbox_id, kind, record_id) DO UPDATE
SET version = excluded.version, data = excluded.data, place = excluded.place
"""


class Pushing:
    """Rounds of BATCHES batches: records the mailbox has not seen, as at a first sync."""

    def __init__(self, rig: Rig) -> None:
        self._rig = rig
        self._number = 0

    def program(self) -> float:
        """Records a second, from the first push to the moment that all are readable."""
        accounts = [self._rig.account() for _ in range(SENDERS)]
        servers = [self._rig.pair(account, "server") for account in accounts]
        phones = [self._rig.pair(account, "device") for account in accounts]

        def work(nth: int) -> None:
            with Wire(self._rig.port, servers[nth]) as server:
                for batch in range(BATCHES // SENDERS):
                    status, answer = server.send(_batch(server, batch * BATCH))
                    assert status == 202, answer
            with Wire(self._rig.port, phones[nth]) as phone:
                _wait(phone, BATCHES // SENDERS * BATCH)

        begun = time.perf_counter()
        threads(SENDERS, work)
        return BATCHES * BATCH / (time.perf_counter() - begun)

    def yardstick(self) -> float:
        """Records a second: one psycopg connection, 500 rows a transaction, the same indexes."""
        with psycopg.connect(conninfo(self._rig.database_url)) as connection:
            connection.execute(_TABLE)
            connection.execute("TRUNCATE yardstick")
            connection.commit()
            data = change(1, 1).partition(b'"data":')[2][:-1].decode()
            begun = time.perf_counter()
            for batch in range(BATCHES):
                numbers = list(range(batch * BATCH, (batch + 1) * BATCH))
                ids = [f"record-{number}" for number in numbers]
                places = [number + 1 for number in numbers]
                connection.execute(_UPSERT, [ids, [1] * BATCH, [data] * BATCH, places])
                connection.commit()
            return BATCHES * BATCH / (time.perf_counter() - begun)

    def visible_ms(self) -> list[float]:
        """Milliseconds from a 202 for one change to a poll that counts it."""
        account = self._rig.account()
        server, phone = self._rig.pair(account, "server"), self._rig.pair(account, "device")
        took = []
        with Wire(self._rig.port, server) as sender, Wire(self._rig.port, phone) as reader:
            for nth in range(SAMPLES):
                body = b'{"changes":[%s]}' % change(nth, 1)
                sender.ask("POST", "/batches", body, Idempotency_Key=str(uuid.uuid4()))
                accepted = time.perf_counter()
                _wait(reader, nth + 1)
                took.append((time.perf_counter() - accepted) * 1000)
                time.sleep(0.05)
        return took


def _batch(server: Wire, first: int) -> bytes:
    changes = b",".join(change(number, 1) for number in range(first, first + BATCH))
    body = b'{"changes":[%s]}' % changes
    return server.request("POST", "/batches", body, Idempotency_Key=str(uuid.uuid4()))


def _wait(phone: Wire, total: int) -> None:
    request = phone.request("GET", "/mailbox")
    while json.loads(phone.send(request)[1])["waiting"]["total"] < total:
        time.sleep(0.001)

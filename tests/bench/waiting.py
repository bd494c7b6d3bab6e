"""`python -m tests.bench.waiting`: how soon whoever waits is told, and what waiting costs.

The program runs as `make run` starts it; all that wait come through the one public address, each
with a connection of its own, from this process. In a round one account's server pushes a change.
From the moment it can be read in PostgreSQL, which is asked again and again, to the answer at each
device of the account is what is told, while everybody else goes on waiting. With the most,
everybody waits for a minute, each in waits of 55 seconds as a program does, while such pushes go
on. Prints a table, and one JSON object as the last line.
"""

import asyncio
import itertools
import json
import random
import resource
import sys
import time
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import psycopg

from hhcportal.run.ports import HOST
from hhcportal.run.postgres import conninfo
from hhcportal.run.steps import say
from tests.bench.rig import Rig, change, rig
from tests.waiting.offices import Account, Known, open_offices

CROWDS = (1, 1_000, 5_000)
DEVICES = 5  # of an account
ROUNDS = 60
HELD_SECONDS = 60.0
WAIT = 55
A_SECOND = 100  # begin to wait, so that ends of waits are spread as they are after a while
SETTLED, SETTLED_SECONDS = 5, 0.25  # looks in a row that take no longer
TOLD_WITHIN = 60.0
_versions = itertools.count(1)  # a lower one, of an earlier crowd, would be no news
_READABLE = "SELECT waiting > 0 FROM mailbox_reader WHERE peer_id = %s"


@dataclass
class Line:
    """One kept connection of a program."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    token: str

    @classmethod
    async def to(cls, port: int, token: str) -> "Line":
        return cls(*await asyncio.open_connection(HOST, port), token)

    async def ask(self, line: str, body: bytes = b"", *headers: str) -> dict[str, Any]:
        """An answer that is a success, decoded."""
        told = [f"{line} HTTP/1.1", f"Host: {HOST}", f"Authorization: Bearer {self.token}"]
        if body:
            told += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
        self.writer.write("\r\n".join([*told, *headers, "", ""]).encode() + body)
        head = (await self.reader.readuntil(b"\r\n\r\n")).lower()
        size = int(head.split(b"content-length:", 1)[1].split(b"\r\n", 1)[0])
        content = await self.reader.readexactly(size)
        assert head.startswith(b"http/1.1 2"), head + content
        answer: dict[str, Any] = json.loads(content)
        return answer


@dataclass
class Device:
    """A waiting program. `told` is set with each answer that brought something, at `at`."""

    known: Known
    answers: int = 0
    at: float = 0.0
    told: asyncio.Event = field(default_factory=asyncio.Event)

    async def stay(self, port: int) -> None:
        """Wait, collect, wait again, without end."""
        line = await Line.to(port, self.known.token)
        while True:
            answer = await line.ask(f"GET /api/v1/mailbox?wait={WAIT}")
            at = time.perf_counter()
            self.answers += 1
            if answer["waiting"]["total"]:
                page = await line.ask("GET /api/v1/changes")
                cursor = json.dumps({"cursor": page["cursor"]}).encode()
                await line.ask("POST /api/v1/acks", cursor)
                self.at = at
                self.told.set()


class Crowd:
    """Devices that wait, and the accounts that they belong to."""

    def __init__(self, running: Rig, accounts: list[Account]) -> None:
        self._running = running
        self._accounts = accounts
        self.devices = {
            account.number: [Device(known) for known in account.devices] for account in accounts
        }
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def all(self) -> list[Device]:
        return [device for own in self.devices.values() for device in own]

    async def gather(self) -> None:
        """Have everybody wait."""
        everybody = self.all
        for device in everybody:
            self._tasks.append(asyncio.create_task(device.stay(self._running.public)))
            await asyncio.sleep(1 / A_SECOND)
        await self.settle()
        self.look()

    async def settle(self) -> None:
        """Until nobody's first look is due any more: they are taken in order."""
        line = await Line.to(self._running.public, self._accounts[0].server.token)
        quick = 0
        while quick < SETTLED:
            began = time.perf_counter()
            await line.ask("GET /api/v1/mailbox?wait=0")
            quick = quick + 1 if time.perf_counter() - began < SETTLED_SECONDS else 0
            await asyncio.sleep(SETTLED_SECONDS)
        line.writer.close()

    def look(self) -> None:
        """Raise what made a device stop."""
        for task in self._tasks:
            if task.done():
                task.result()

    async def leave(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def round(self, database: "psycopg.AsyncConnection[Any]") -> list[float]:
        """One push; the milliseconds until each device of its account had the answer."""
        account = random.choice(self._accounts)
        devices = self.devices[account.number]
        for device in devices:
            device.told.clear()
        version = next(_versions)
        body = b'{"changes":[%s]}' % change(version, version)
        line = await Line.to(self._running.public, account.server.token)
        await line.ask("POST /api/v1/batches", body, f"Idempotency-Key: {uuid.uuid4()}")
        line.writer.close()
        readable = await _readable(database, devices[0])
        async with asyncio.timeout(TOLD_WITHIN):
            for device in devices:
                await device.told.wait()
        return [(device.at - readable) * 1000 for device in devices]


async def _readable(database: "psycopg.AsyncConnection[Any]", device: Device) -> float:
    """When the device's change could be read; when it was told, where that was seen earlier."""
    while not device.told.is_set():
        rows = await database.execute(_READABLE, [device.known.id])
        found = await rows.fetchone()
        if found and found[0]:
            break
    return time.perf_counter()


def memory(running: Rig, name: str) -> int:
    """Bytes that a process holds alone, with its part of what it shares."""
    var = Path(running.environment["VAR_DIR"])
    pid = (var / "run" / f"{name}.pid").read_text().split()[0]
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) * 1024


async def measure(running: Rig, accounts: list[Account]) -> dict[str, float]:
    """Every crowd in turn, the largest held for a minute."""
    figures: dict[str, float] = {}
    options = "-c app.scope=all"
    database = await psycopg.AsyncConnection.connect(
        conninfo(running.database_url), autocommit=True, options=options
    )
    empty = {name: memory(running, name) for name in ("waiting", "proxy")}
    say(f"{'waiting':>8} {'p50 ms':>8} {'p99 ms':>8} {'KB each':>8} {'KB each in the proxy':>21}")
    for size in CROWDS:
        own = [Account(a.number, a.server, a.devices[:size]) for a in accounts]
        crowd = Crowd(running, own[: max(1, size // DEVICES)])
        await crowd.gather()
        held = {name: memory(running, name) for name in empty}
        told = [ms for _ in range(ROUNDS) for ms in await crowd.round(database)]
        if size == 1:
            # What the first looks and rounds take is the process's own.
            empty = {name: memory(running, name) for name in empty}
            held = empty
        each = {name: (held[name] - empty[name]) / 1024 / size for name in empty}
        p50, p99 = median(told), quantiles(told, n=100)[98]
        say(f"{size:8,} {p50:8.1f} {p99:8.1f} {each['waiting']:8.1f} {each['proxy']:21.1f}")
        figures |= {f"wait_ms_p50_{size}": round(p50, 1), f"wait_ms_p99_{size}": round(p99, 1)}
        if size == CROWDS[-1]:
            figures |= {"wait_ms_p50": round(p50, 1), "wait_ms_p99": round(p99, 1)}
            figures["kb_per_waiting"] = round(each["waiting"], 1)
            figures["kb_per_waiting_proxy"] = round(each["proxy"], 1)
            figures |= await hold(crowd, database)
        await crowd.leave()
    return figures


async def hold(crowd: Crowd, database: "psycopg.AsyncConnection[Any]") -> dict[str, float]:
    """Everybody goes on waiting while pushes go on."""
    before, until = sum(device.answers for device in crowd.all), time.monotonic() + HELD_SECONDS
    told: list[float] = []
    while time.monotonic() < until:
        told += await crowd.round(database)
    crowd.look()
    answers = sum(device.answers for device in crowd.all) - before
    p50, p99 = median(told), quantiles(told, n=100)[98]
    say(
        f"held {len(crowd.all):,} for {HELD_SECONDS:.0f} s with {len(told):,} told, {answers:,} "
        f"answers and none lost: p50 {p50:.1f} ms, p99 {p99:.1f} ms"
    )
    return {
        "held": len(crowd.all), "held_seconds": HELD_SECONDS, "held_told": len(told),
        "held_ms_p50": round(p50, 1), "held_ms_p99": round(p99, 1),
    }  # fmt: skip


def main() -> int:
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    with rig() as running:
        environment = {**running.environment, "DJANGO_SETTINGS_MODULE": "hhcportal.settings"}
        accounts = open_offices(environment, accounts=CROWDS[-1] // DEVICES, devices=DEVICES)
        figures = asyncio.run(measure(running, accounts))
    say(json.dumps(figures))
    return 0


if __name__ == "__main__":
    sys.exit(main())

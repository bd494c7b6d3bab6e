"""The faults, one function each: it does its worst, then mends it as nobody's hand has to.

What restarts by itself (web, worker, beat under the supervisor, a PostgreSQL whose session was
killed) is left to itself. PostgreSQL and Valkey as a whole have a service manager elsewhere,
whose part these functions play.

Each says whether it met something: a process that was there, a statement that was answered.
"""

import random
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import psycopg
import redis

from hhcportal.run.processes import wait_until
from tests.faults.rig import Rig, send

CAUGHT_WITHIN = 10.0
LONGER_THAN_A_SLICE = 0.3  # a slice of applying lasts 0.2 s

Act = Callable[[Rig, random.Random], bool]


@dataclass(frozen=True)
class Fault:
    """`weight`: how often it comes up; `kills`: whether it ends a process at once."""

    name: str
    act: Act
    weight: int
    kills: bool


FAULTS: list[Fault] = []


def _fault(name: str, weight: int, *, kills: bool = False) -> Callable[[Act], Act]:
    def note(act: Act) -> Act:
        FAULTS.append(Fault(name, act, weight, kills))
        return act

    return note


def _kill_main(name: str) -> Act:
    def act(rig: Rig, _chance: random.Random) -> bool:
        pid = rig.main(name)
        if not send(pid, signal.SIGKILL):
            return False
        assert wait_until(lambda: rig.stack.pids().get(name, pid) != pid, 60), name
        return True

    return act


for _name in ("web", "worker", "beat", "waiting", "proxy"):
    _fault(f"{_name} killed", 1, kills=True)(_kill_main(_name))


@_fault("a web process killed", 3, kills=True)
def _web_process(rig: Rig, chance: random.Random) -> bool:
    return _kill_one_of(rig, chance, "web")


@_fault("a worker process killed", 3, kills=True)
def _worker_process(rig: Rig, chance: random.Random) -> bool:
    return _kill_one_of(rig, chance, "worker")


def _kill_one_of(rig: Rig, chance: random.Random, name: str) -> bool:
    children = rig.children(name)
    while not (children and send(chance.choice(children), signal.SIGKILL)):
        time.sleep(0.1)
        children = rig.children(name)
    return True


@_fault("PostgreSQL stopped at once", 2, kills=True)
def _postgres_stopped(rig: Rig, chance: random.Random) -> bool:
    return _postgres_ends(rig, chance, signal.SIGQUIT)


@_fault("PostgreSQL killed", 1, kills=True)
def _postgres_killed(rig: Rig, chance: random.Random) -> bool:
    return _postgres_ends(rig, chance, signal.SIGKILL)


def _postgres_ends(rig: Rig, chance: random.Random, number: signal.Signals) -> bool:
    with rig.database.busy:
        ran = rig.database.runs
        rig.database.end(number)
        time.sleep(chance.uniform(0, 2))
        rig.database.start()
    return ran


@_fault("a session of PostgreSQL killed", 2, kills=True)
def _session_killed(rig: Rig, chance: random.Random) -> bool:
    """PostgreSQL ends every session for it, and recovers."""
    with rig.database.busy:
        return send(_backend(rig, chance), signal.SIGKILL)


@_fault("a session ended", 2)
def _session_ended(rig: Rig, chance: random.Random) -> bool:
    with rig.database.busy:
        pid = _backend(rig, chance)
        with suppress(psycopg.Error), rig.database.session() as session:
            ended = session.execute("SELECT pg_terminate_backend(%s)", [pid]).fetchone()
            return bool(ended and ended[0])
    return False


def _backend(rig: Rig, chance: random.Random) -> int:
    found: list[int] = []

    def looked() -> bool:
        with suppress(psycopg.Error):
            found[:] = rig.database.backends()
        return bool(found)

    assert wait_until(looked, 60), "the program has no session"
    return chance.choice(found)


@_fault("Valkey killed", 2, kills=True)
def _valkey_killed(rig: Rig, chance: random.Random) -> bool:
    with rig.broker_busy:
        ran = send(rig.broker_pid, signal.SIGKILL)
        rig.stack.stop_valkey()
        time.sleep(chance.uniform(0, 5))
        rig.stack.start_valkey()
    return ran


@_fault("Valkey emptied", 3)
def _valkey_emptied(rig: Rig, _chance: random.Random) -> bool:
    with rig.broker_busy, suppress(redis.RedisError), rig.broker() as broker:
        return bool(broker.flushall())
    return False


@_fault("Valkey paused", 2)
def _valkey_paused(rig: Rig, chance: random.Random) -> bool:
    with rig.broker_busy:
        return paused([rig.broker_pid], chance.uniform(1, 5))


@_fault("answers cut", 6)
def _answers_cut(rig: Rig, chance: random.Random) -> bool:
    answers = chance.randint(1, 12)
    with rig.line.busy:
        rig.line.cut(answers)
        wait_until(lambda: not rig.line.left, 20)
        return rig.line.left < answers


@_fault("a slow transaction", 2)
def _slow_transaction(rig: Rig, chance: random.Random) -> bool:
    """Holds a mailbox's row, longer than anybody waits for a lock where chance wants it."""
    locked = False
    with suppress(psycopg.Error), rig.database.session(autocommit=False) as session:
        found = session.execute(
            "SELECT id FROM mailbox_mailbox ORDER BY random() LIMIT 1 FOR NO KEY UPDATE"
        )
        locked = found.fetchone() is not None
        time.sleep(chance.uniform(1, 7))
    return locked


@_fault("a worker stopped with a lock", 2)
def _worker_stopped(rig: Rig, chance: random.Random) -> bool:
    return paused(stop_worker_at_work(rig, chance, CAUGHT_WITHIN), chance.uniform(1, 6))


@_fault("a web process stopped", 1)
def _web_stopped(rig: Rig, chance: random.Random) -> bool:
    return paused(rig.children("web")[:1], chance.uniform(1, 4))


@_fault("hours gone by, then old pushes repeated", 1)
def _hours_later(rig: Rig, chance: random.Random) -> bool:
    account = chance.choice(rig.accounts)
    rig.manage("age", account.number, "--by", f"{chance.randint(1, 9)}h")
    account.ask_for_repetition()
    return True


@_fault("a wrong clock", 2)
def _wrong_clock(rig: Rig, chance: random.Random) -> bool:
    account = chance.choice(rig.accounts)
    jump = timedelta(hours=chance.uniform(-20_000, 20_000))
    account.tell_time((datetime.now(UTC) + jump).strftime("%Y-%m-%dT%H:%M:%SZ"))
    return True


def stop_worker_at_work(rig: Rig, chance: random.Random, within: float) -> list[int]:
    """Stop all of the worker where it is a mailbox's applier; nobody where it is not caught there.

    Many an applier is a web process: the worker's own is the lock that stays, stopped as it is.
    """
    until = time.monotonic() + within
    while time.monotonic() < until:
        pids = [rig.main("worker"), *rig.children("worker")]
        _signal_all(pids, signal.SIGSTOP)
        with suppress(psycopg.Error):
            if rig.database.applier_at_work():
                time.sleep(LONGER_THAN_A_SLICE)
                if rig.database.applier_stands_still():
                    return pids
        _signal_all(pids, signal.SIGCONT)
        time.sleep(chance.uniform(0, 0.05))
    return []


def paused(pids: list[int], seconds: float) -> bool:
    """Whether any of them was there to be stopped."""
    met = _signal_all(pids, signal.SIGSTOP)
    try:
        time.sleep(seconds)
    finally:
        _signal_all(pids, signal.SIGCONT)
    return met


def _signal_all(pids: list[int], number: signal.Signals) -> bool:
    return sum(send(pid, number) for pid in pids) > 0

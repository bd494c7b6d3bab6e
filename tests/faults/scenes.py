"""Faults that take their time: a round each, behind a few faults by chance."""

import signal
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager

from hhcportal.run.processes import wait_until
from hhcportal.run.steps import say
from tests.faults.kinds import paused, stop_worker_at_work
from tests.faults.office import Office
from tests.faults.rig import Account, Rig, send
from tests.faults.rounds import Round, Script

CALM = 10.0
PAUSED = 10.0
SETTLED_WITHOUT = 5.0  # nudges that were on their way when the broker went are done with by then
STOPPED_WITHIN = 60.0
REVIVED_WITHIN = 150.0
AHEAD_WITHIN = 150.0


def in_turn(*scripts: Script) -> Script:
    """One script after the other."""

    def script(playing: Round) -> None:
        for part in scripts:
            part(playing)

    return script


def without_broker(seconds: float) -> Script:
    """Valkey is paused, then gone for so long: pushes are taken as quickly.

    While it is gone they are applied by whoever polls, and where nobody does by `manage.py sweep`.
    """

    def script(playing: Round) -> None:
        rig = playing.rig
        offices = [account.office for account in rig.accounts]
        with _unpolled(playing) as unpolled:
            began = time.monotonic()
            time.sleep(CALM)
            with rig.broker_busy:
                pause = time.monotonic()
                assert paused([rig.broker_pid], PAUSED), "Valkey was gone already"
                gone = time.monotonic()
                assert send(rig.broker_pid, signal.SIGKILL), "Valkey was gone already"
                rig.stack.stop_valkey()
                _applied_by_polling(rig, seconds)
                swept = time.monotonic()
                _applied_by_sweeping(rig, unpolled)
                rig.stack.start_valkey()
        playing.told.fault(f"Valkey paused for {PAUSED:g} s", kills=False)
        playing.told.fault(f"Valkey gone for {seconds:g} s", kills=True)
        calm, still = _push_ms(offices, began, pause), _push_ms(offices, pause, gone)
        without = _push_ms(offices, gone, swept)
        playing.told.push_ms = (calm, still, without)
        say(
            f"  a push took {calm:.1f} ms, with Valkey paused {still:.1f} ms,"
            f" without it {without:.1f} ms (medians)"
        )

    return script


def _applied_by_polling(rig: Rig, seconds: float) -> None:
    time.sleep(SETTLED_WITHOUT)
    versions = [account.office.version for account in rig.accounts]
    time.sleep(seconds - SETTLED_WITHOUT)
    for account, version in zip(rig.accounts, versions, strict=True):
        if _collected(account) <= version:
            account.book.wrong("nothing that was pushed without Valkey was applied")


def _applied_by_sweeping(rig: Rig, unpolled: Account) -> None:
    unpolled.office.step()
    assert _states(rig, unpolled) == {"received"}, "what nobody polled was not there to be swept"
    rig.manage("sweep")
    states = _states(rig, unpolled)
    if states != {"applied"}:
        unpolled.book.wrong(f"without Valkey what was swept is {states}")


def _states(rig: Rig, account: Account) -> set[str]:
    """What became of all that the account's office pushed."""
    with rig.database.session() as session:
        found = session.execute(
            "SELECT state FROM mailbox_batch WHERE uuid = ANY(%s::uuid[])",
            [[sent.batch for sent in account.office.pushed]],
        )
        return {row[0] for row in found}


@contextmanager
def _unpolled(playing: Round) -> Iterator[Account]:
    """One more account, whose phones never look; what goes wrong with it counts as another's."""
    account = Account(playing.rig, playing.chance.randrange(1 << 30))
    try:
        yield account
    finally:
        account.hang_up()
        for note in account.book.close()[1]:
            playing.rig.accounts[0].book.wrong(note)


def with_dead_worker(playing: Round) -> None:
    """A worker is stopped with a mailbox's lock, and nobody lets it go on."""
    rig = playing.rig
    stopped = stop_worker_at_work(rig, playing.chance, STOPPED_WITHIN)
    assert stopped, "no worker could be stopped with a lock"
    pid = stopped[0]
    revived = wait_until(lambda: rig.stack.pids().get("worker", pid) != pid, REVIVED_WITHIN)
    assert revived, "a stopped worker was never replaced"
    playing.told.fault("a worker stopped for good", kills=False)


def set_back(playing: Round) -> None:
    """An older state is restored under devices whose places lie ahead of it.

    By itself a new epoch begins, everybody begins anew, and the offices send all that they have.
    """
    database = playing.rig.database
    playing.wait_for_everybody()  # a pairing that the backup did not know would be no more
    with database.busy:
        database.back_up()
    seen = playing.done()
    versions = {account.number: account.office.version for account in playing.rig.accounts}

    def ahead() -> bool:
        collected = all(_collected(each) > versions[each.number] for each in playing.rig.accounts)
        return collected and playing.done() >= seen + playing.batches // 4

    assert wait_until(ahead, AHEAD_WITHIN), "nothing moved ahead of the backup"
    with database.busy:
        for account in playing.rig.accounts:
            account.book.restored = account.book.resend_awaited = True
        database.end(signal.SIGQUIT)
        database.set_back()
        database.start()
    playing.told.fault("an older state restored", kills=True)


def _collected(account: Account) -> int:
    """The newest version that the account's first phone has."""
    return max((held.number for held in list(account.phones[0].copy.values())), default=0)


def _push_ms(offices: list[Office], began: float, ended: float) -> float:
    """The median of pushes that were taken at once, in milliseconds; by when they were sent."""
    taken = [s for office in offices for at, s in list(office.quick) if began < at - s < ended]
    return statistics.median(taken) * 1000 if taken else 0.0

"""Appliers at once: a batch has one effect, and none is left lying."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from urllib.parse import urlsplit

import pytest
from django.db import connection

from tests.office import Office, another_session, edit, end_connections, put, said
from tests.races.books import check_books, check_drained, mailboxes, outcomes, versions
from tests.races.gates import HELD, gate, mailbox_held, waiters
from tests.races.race import Race, apply_due

pytestmark = pytest.mark.django_db(transaction=True)

BATCHES = 4


def push_batches(office: Office) -> list[str]:
    """Batches that replace one record and bring one each."""
    return [
        said(office.server.push(put("same", n + 1), put(f"r{n}")), 202)["batch"]
        for n in range(BATCHES)
    ]


def check_one_effect(office: Office, batches: list[str]) -> None:
    for batch in batches:
        done = said(office.server.get(f"/batches/{batch}"))
        assert (done["state"], done["applied"], done["stale"]) == ("applied", 2, 0)
    device = office.device()
    expected = {f"r{n}": 1 for n in range(BATCHES)} | {"same": BATCHES}
    assert versions(device.collect()) == expected
    check_drained(office, device)


def test_two_appliers_on_two_connections() -> None:
    race = Race("apply against apply")
    for _ in race:
        office = Office()
        down, _ = mailboxes(office)
        batches = push_batches(office)
        done = race.at_once(*[partial(apply_due, down)] * 2)
        assert sum(done) == BATCHES
        check_one_effect(office, batches)


def test_two_appliers_of_edits() -> None:
    """The up mailbox keeps every edit, once and in order."""
    race = Race("apply against apply, up")
    for _ in race:
        office = Office()
        _, up = mailboxes(office)
        phone = office.device()
        sent = [
            said(phone.push(edit("a", n + 1), edit("b", n + 1)), 202)["batch"] for n in range(3)
        ]
        done = race.at_once(*[partial(apply_due, up)] * 2)
        assert sum(done) == len(sent)
        kept = [(c["batch"], c["index"]) for c in office.server.page()["changes"]]
        assert kept == [(batch, index) for batch in sent for index in (0, 1)]
        for batch in sent:
            assert outcomes(said(phone.get(f"/batches/{batch}"))) == ["waiting", "waiting"]
        check_books(office)


class Process:
    """A worker's process with this test's database."""

    def __init__(self) -> None:
        database = urlsplit(os.environ["DATABASE_URL"])
        name = str(connection.settings_dict["NAME"])
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.races.applier"],
            env=os.environ
            | {
                "DATABASE_URL": database._replace(path=f"/{name}").geturl(),
                "DJANGO_SETTINGS_MODULE": "hhcportal.settings",
            },
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def apply_due(self, mailbox_id: int) -> int:
        """Apply one slice there; how many batches."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{mailbox_id}\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())

    def end(self) -> None:
        self._process.communicate(timeout=60)


@contextmanager
def another_process() -> Iterator[Process]:
    process = Process()
    try:
        yield process
    finally:
        process.end()


def test_appliers_of_three_processes() -> None:
    race = Race("apply against apply, processes")
    with another_process() as one, another_process() as two:
        for _ in race:
            office = Office()
            down, _ = mailboxes(office)
            batches = push_batches(office)
            done = race.at_once(
                partial(apply_due, down),
                partial(one.apply_due, down),
                partial(two.apply_due, down),
            )
            assert sum(done) == BATCHES
            check_one_effect(office, batches)


def test_pushing_while_two_apply() -> None:
    """What arrives while the applier lets go is nobody's nudge to miss."""
    race = Race("push against apply")
    for _ in race:
        office = Office()
        down, _ = mailboxes(office)

        def push(office: Office = office, down: int = down) -> int:
            return sum(
                apply_due(down)
                for n in range(BATCHES)
                if said(office.server.push(put("same", n + 1), put(f"r{n}")), 202)
            )

        done = race.at_once(push, *[partial(apply_due, down)] * 2)
        # Each push was followed by a nudge, so nothing is left for a sweep.
        assert sum(done) == BATCHES
        device = office.device()
        assert device.mailbox()["waiting"]["total"] == BATCHES + 1
        check_drained(office, device)


def test_who_lets_go_looks_once_more(office: Office) -> None:
    """A batch comes after the last look; its nudge finds the mailbox taken and does nothing."""
    down, _ = mailboxes(office)
    with mailbox_held(down) as held, waiters() as waiting:
        # It has found no batch and looks for a snapshot, which takes the mailbox lock.
        first = waiting.begin(partial(apply_due, down))
        batch = said(office.server.push(put("a")), 202)["batch"]
        assert apply_due(down) == 0
        held.release()
        assert first() == 1
    assert said(office.server.get(f"/batches/{batch}"))["state"] == "applied"


def test_moving_an_accounts_time_waits_for_an_applier(office: Office) -> None:
    """An applier writes the batch before the readers, and moving time would not."""
    office.device()
    said(office.server.push(put("a")), 202)
    down, _ = mailboxes(office)
    with another_session() as applier, waiters() as waiting:
        applier.execute("SELECT FROM mailbox_mailbox WHERE id = %s FOR NO KEY UPDATE", [down])
        applier.execute("UPDATE mailbox_batch SET applied = 0 WHERE mailbox_id = %s", [down])
        aged = waiting.begin(partial(office.age, "1h"))
        applier.execute("UPDATE mailbox_reader SET acked = 0 WHERE mailbox_id = %s", [down])
        applier.commit()
        aged()


def test_moving_an_accounts_time_waits_for_whoever_holds_a_peer(office: Office) -> None:
    """As a resync does, which takes the mailbox lock after it."""
    phone = office.device()
    down, _ = mailboxes(office)
    with another_session() as resync, waiters() as waiting:
        resync.execute("SELECT FROM accounts_peer WHERE id = %s FOR SHARE", [phone.id])
        aged = waiting.begin(partial(office.age, "1h"))
        resync.execute("SELECT FROM mailbox_mailbox WHERE id = %s FOR NO KEY UPDATE", [down])
        resync.commit()
        aged()


@contextmanager
def forgetful_pooler() -> Iterator[None]:
    """Advisory locks of a session keep nobody out, as behind a pooler that shares sessions."""
    name = connection.ops.quote_name(str(connection.settings_dict["NAME"]))
    with connection.cursor() as cursor:
        cursor.execute("CREATE SCHEMA forgetful")
        for function in ("pg_try_advisory_lock", "pg_advisory_unlock"):
            cursor.execute(
                f"CREATE FUNCTION forgetful.{function}(integer, integer) RETURNS boolean"
                " LANGUAGE sql AS 'SELECT true'"
            )
        cursor.execute(f"ALTER DATABASE {name} SET search_path = forgetful, pg_catalog, public")
    end_connections()
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER DATABASE {name} RESET search_path")
            cursor.execute("DROP SCHEMA forgetful CASCADE")
        end_connections()


@pytest.mark.parametrize("direction", ["down", "up"])
def test_a_batch_that_another_applied_meanwhile_is_left_alone(
    office: Office, direction: str
) -> None:
    """The second wall: two appliers have read the same batch, and one of them waits."""
    phone = office.device()
    mailbox_id = mailboxes(office)[direction == "up"]
    if direction == "down":
        sender, table, first, second = office.server, "mailbox_change", put(HELD), put("b")
    else:
        sender, table, first, second = phone, "mailbox_upchange", edit(HELD, 1), edit("b", 1)
    batches = [said(sender.push(change), 202)["batch"] for change in (first, second)]
    with forgetful_pooler(), gate(table) as held, waiters() as waiting:
        both = [waiting.begin(partial(apply_due, mailbox_id)) for _ in range(2)]
        held.release()
        assert sum(answer() for answer in both) == len(batches)
    for batch in batches:
        done = said(sender.get(f"/batches/{batch}"))
        assert (done["state"], done["applied"], done["stale"]) == ("applied", 1, 0)
    check_books(office)
    reader = phone if direction == "down" else office.server
    assert [c["id"] for c in reader.collect()] == [HELD, "b"]


def test_one_mailbox_held_delays_no_other(office: Office) -> None:
    """An applier that waits for one mailbox keeps nobody from another."""
    other = Office()
    said(office.server.push(put("a")), 202)
    said(other.server.push(put("a")), 202)
    (down, _), (others, _) = mailboxes(office), mailboxes(other)
    with mailbox_held(down) as held, waiters() as waiting:
        late = waiting.begin(partial(apply_due, down))
        assert apply_due(others) == 1
        held.release()
        assert late() == 1

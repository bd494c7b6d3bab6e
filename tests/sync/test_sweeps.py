"""What time ends, by beat's task and by the operator's command; locks that others hold."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from django.db import connection

from hhcportal.celery import app
from tests.office import (
    Office,
    another_session,
    delete,
    manage,
    put,
    refused,
    said,
    sweep_all,
)


def beat_sweeps() -> None:
    """What a worker does with the message that beat sends; its errors are raised."""
    app.loader.import_default_modules()
    app.tasks[app.conf.beat_schedule["sweep"]["task"]].apply(throw=True)


either_way = pytest.mark.parametrize("sweep", [beat_sweeps, sweep_all])


@contextmanager
def held(rows: str, *values: object) -> Iterator[None]:
    """Somebody else holds these rows, and this connection waits only a moment for a lock."""
    with another_session() as holder, connection.cursor() as cursor:
        holder.execute(f"SELECT FROM {rows} FOR UPDATE", values)
        cursor.execute("SET lock_timeout = '100ms'")
        try:
            yield
        finally:
            cursor.execute("RESET lock_timeout")


class Stored:
    """An account whose phone has read all but a delete."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.phone = office.device()
        office.server.deliver(put("a"), put("b"))
        self.phone.collect()
        self.batch = office.server.deliver(delete("a", 2))["batch"]

    @property
    def has_expired(self) -> bool:
        return self.phone.mailbox().get("resync") == "cursor-expired"


def test_every_task_of_the_schedule_is_known_to_workers() -> None:
    app.loader.import_default_modules()
    scheduled = {entry["task"] for entry in app.conf.beat_schedule.values()}
    assert scheduled
    assert scheduled <= app.tasks.keys()


def test_beat_ends_what_is_older_than_the_storage_time(office: Office) -> None:
    stored = Stored(office)
    phone = stored.phone
    office.age("59d")
    beat_sweeps()
    assert phone.mailbox()["waiting"]["total"] == 1
    office.age("2d")
    beat_sweeps()
    assert stored.has_expired
    assert phone.mailbox()["waiting"]["total"] == 0
    refused(phone.get("/changes"), 410, "cursor-expired")
    said(phone.post("/resync"), 202)
    assert [change["id"] for change in phone.collect()] == ["b"]


@either_way
@pytest.mark.parametrize("place", [0, 1])
@pytest.mark.django_db(transaction=True)
def test_a_held_mailbox_keeps_no_other_from_expiring(sweep: Callable[[], None], place: int) -> None:
    """Whichever comes first; nor does it keep the tasks behind from running."""
    accounts = [Stored(Office()), Stored(Office())]
    for account in accounts:
        account.office.age("61d")
    mine, other = accounts[place], accounts[1 - place]
    of_mine = "mailbox_mailbox WHERE account_id = (SELECT id FROM accounts_account"
    with held(f"{of_mine} WHERE number = %s)", mine.office.number):
        sweep()
    assert (mine.has_expired, other.has_expired) == (False, True)
    for account in accounts:
        refused(account.office.server.get(f"/batches/{account.batch}"), 404, "not-found")
    sweep()
    assert mine.has_expired


@either_way
@pytest.mark.django_db(transaction=True)
def test_a_task_that_gets_no_lock_holds_up_no_other(
    office: Office, sweep: Callable[[], None]
) -> None:
    stored = Stored(office)
    office.age("61d")
    with held("sync_session WHERE result IS NULL"):
        sweep()
    assert stored.has_expired
    assert manage("sweep")["sessions-ended"] > 0  # so it was turned away before


@pytest.mark.django_db(transaction=True)
def test_the_operator_is_told_what_was_done(office: Office) -> None:
    """A task that was turned away is missing, rather than counted as nothing to do."""
    Stored(office)
    office.age("61d")
    with held("sync_session WHERE result IS NULL"):
        done = manage("sweep")
    assert "sessions-ended" not in done
    assert (done["changes-expired"], done["slices-applied"]) == (1, 0)

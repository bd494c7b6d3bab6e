"""503 `maintenance`: the database is away, or a lock was not had in time."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, connections
from django.test import override_settings

from tests.office import Office, Program, another_session, end_connections, put, refused, said


@pytest.fixture
def office(transactional_db: None) -> Office:
    """Committed, so that another connection sees it."""
    return Office()


@pytest.fixture
def unpooled(office: Office) -> Iterator[None]:
    """One connection, which a test may spoil."""
    options = connection.settings_dict["OPTIONS"]
    end_connections()
    pool = options.pop("pool")
    yield
    connections.close_all()
    options["pool"] = pool


def paused(answer: Any) -> None:
    body = refused(answer, 503, "maintenance")
    assert body["retry_after"] == int(answer["Retry-After"]) > 0


def test_a_lock_that_is_not_had_in_five_seconds(server: Program, phone: Program) -> None:
    server.deliver(put("a"))
    cursor = phone.page()["cursor"]
    with another_session() as other:
        other.execute("SELECT 1 FROM mailbox_reader WHERE peer_id = %s FOR UPDATE", [phone.id])
        paused(phone.post("/acks", {"cursor": cursor}))
        other.rollback()
    assert said(phone.post("/acks", {"cursor": cursor}))["waiting"] == 0


@pytest.mark.usefixtures("unpooled")
def test_the_database_is_away(server: Program, phone: Program) -> None:
    """As far as this process can tell: its connections are cut and no new one is had."""
    known = connection.settings_dict["PORT"]
    connections.close_all()
    connection.settings_dict["PORT"] = "1"
    try:
        paused(server.get("/mailbox"))
        paused(server.push(put("a"), key="k"))
        paused(phone.get("/changes"))
    finally:
        connections.close_all()
        connection.settings_dict["PORT"] = known
    assert "Idempotent-Replayed" not in server.push(put("a"), key="k")


@pytest.mark.usefixtures("unpooled")
def test_the_database_takes_no_writes_yet(server: Program) -> None:
    """After a restore it answers before it has recovered."""
    with connection.cursor() as cursor:
        cursor.execute("SET default_transaction_read_only = on")
    try:
        paused(server.push(put("a"), key="k"))
    finally:
        connections.close_all()
    assert "Idempotent-Replayed" not in server.push(put("a"), key="k")


def test_an_announced_pause_stops_everything(server: Program) -> None:
    with override_settings(MAINTENANCE=True):
        for answer in (server.get("/limits"), server.post("/pairings", {}), server.push(put("a"))):
            paused(answer)

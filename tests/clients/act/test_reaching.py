"""What reaches the phones from a made-up Act! office: all that may, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.act.office import Office
from tests.clients.act.desk import Desk, expected, files_of, shown


@pytest.fixture
def office() -> Iterator[Office]:
    with Office(contacts=300) as office:
        yield office


@pytest.fixture
def desk(office: Office, tmp_path: Path) -> Desk:
    return Desk(office, tmp_path)


def assert_equal(desk: Desk) -> None:
    """The phone holds what the office's books say it must, record by record."""
    wanted = expected(desk.office, desk.now())
    held = shown(desk.phone, wanted)
    assert {key for key in wanted if key not in held} == set(), "missing on the phone"
    assert {key for key in held if key not in wanted} == set(), "too much on the phone"
    differing = {key: (held[key], wanted[key]) for key in wanted if held[key] != wanted[key]}
    assert differing == {}


def test_the_first_sync_a_days_work_deletes_and_secrets_end_in_the_sync_set(desk: Desk) -> None:
    canaries = desk.office.do("canaries", count=30)["canaries"]
    desk.read_well()
    assert_equal(desk)
    desk.office.office_day(200)
    desk.read_well()
    desk.pass_time(hours=7)
    desk.read_well()
    assert_equal(desk)
    text = files_of(desk.folder)
    assert [one for one in canaries if one["canary"].encode() in text] == []

"""Devices collect while batches are applied: no gap, nothing lost, nobody in another's way."""

from functools import partial

import pytest

from tests.office import Office, put, said
from tests.races.books import check_books, check_drained, mailboxes, versions
from tests.races.gates import HELD, gate, waiters
from tests.races.race import Race, apply_due

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_late_committer_leaves_no_gap(office: Office) -> None:
    """What a device reads to its end meanwhile ends before all that becomes visible later."""
    phone, tablet = office.device(), office.device("Tablet")
    down, _ = mailboxes(office)
    office.server.deliver(put("early"))
    phone.collect()
    said(office.server.push(put("before"), put(HELD), put("behind")), 202)
    said(office.server.push(put("after")), 202)
    with gate("mailbox_change") as held, waiters() as waiting:
        late = waiting.begin(partial(apply_due, down))
        assert apply_due(down) == 0  # another applier would overtake it
        before = phone.page()
        assert (before["changes"], before["complete"], before["waiting"]) == ([], True, 0)
        read = tablet.page()
        assert [c["id"] for c in read["changes"]] == ["early"]
        held.release()
        assert late() == 2
    expected = ["before", HELD, "behind", "after"]
    for device, cursor in ((phone, before["cursor"]), (tablet, read["cursor"])):
        page = device.page(f"?after={cursor}")
        assert [c["id"] for c in page["changes"]] == expected
        assert device.ack(cursor)["waiting"] == len(expected)
    check_drained(office, phone, tablet)


def test_a_device_that_waited_to_join_counts_what_was_applied_meanwhile(office: Office) -> None:
    down, _ = mailboxes(office)
    office.server.deliver(put("a"))
    said(office.server.push(put("a", 2), put(HELD), put("c")), 202)
    with gate("mailbox_change") as held, waiters() as waiting:
        applied = waiting.begin(partial(apply_due, down))
        joined = waiting.begin(office.device)
        held.release()
        assert applied() == 1
        phone = joined()
    assert phone.mailbox()["waiting"]["total"] == 3
    check_drained(office, phone)


def test_an_acknowledgement_moves_no_reader_but_its_own(office: Office) -> None:
    devices = [office.device(f"d{n}") for n in range(3)]
    office.server.deliver(*(put(f"r{n}") for n in range(9)))
    cursors = [device.page("?limit=4")["cursor"] for device in devices]
    assert devices[0].ack(cursors[0])["waiting"] == 5
    assert [d.mailbox()["waiting"]["total"] for d in devices] == [5, 9, 9]
    assert devices[2].ack(cursors[2])["waiting"] == 5
    assert [d.mailbox()["waiting"]["total"] for d in devices] == [5, 9, 5]
    assert [len(d.page()["changes"]) for d in devices] == [5, 9, 5]
    check_books(office)


def test_two_devices_collect_while_batches_are_applied() -> None:
    race = Race("two devices against apply")
    for chance in race:
        office = Office()
        down, _ = mailboxes(office)
        phone, tablet = office.device(), office.device("Tablet")
        office.server.deliver(*(put(f"r{n}", 1) for n in range(6)))
        for version in range(2, 5):
            ids = chance.sample(range(8), 4)
            said(office.server.push(*(put(f"r{n}", version) for n in ids)), 202)
        _, _, by_phone, by_tablet = race.at_once(
            partial(apply_due, down),
            partial(apply_due, down),
            partial(phone.collect, limit=2),
            partial(tablet.collect, limit=3),
        )
        apply_due(down)
        check_books(office)
        newest = versions(office.device("late").collect())
        assert versions(by_phone + phone.collect()) == newest
        assert versions(by_tablet + tablet.collect()) == newest
        check_drained(office, phone, tablet)


def test_a_device_joins_while_a_batch_is_applied() -> None:
    """It waits for all of the batch or, where it came first, is told of all of it later."""
    race = Race("pairing against apply")
    for _ in race:
        office = Office()
        down, _ = mailboxes(office)
        office.server.deliver(put("a"), put("b"))
        said(office.server.push(put("b", 2), put("c"), put("d")), 202)
        _, phone = race.at_once(partial(apply_due, down), office.device)
        check_books(office)
        assert versions(phone.collect()) == {"a": 1, "b": 2, "c": 1, "d": 1}
        check_drained(office, phone)

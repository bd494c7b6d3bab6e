"""The mailbox is set back to a backup, and everybody ends with what the office has."""

from tests.journeys.account import eventually
from tests.journeys.cast import Cast
from tests.journeys.programs import Device
from tests.journeys.records import Row
from tests.journeys.restore import Backup, backup

FORGOTTEN = [f"{10_000 + n}" for n in range(3)]
DELETED_BEFORE = "10020"


def test_after_a_restore_all_end_with_what_the_office_has(cast: Cast) -> None:
    anna, ben = cast.begin("Anna", "Ben")
    stack, number = cast.account.stack, cast.account.number
    revived = cast.office.row("histories", DELETED_BEFORE)
    cast.office.remove("histories", [DELETED_BEFORE])
    cast.agent.sync()
    cast.spread(1)
    with backup(stack, number) as kept:
        ghost = _what_the_backup_does_not_know(cast, anna, ben, revived)
        _the_mailbox_is_set_back(cast, kept)
    _nothing_is_removed_before_the_office_has_spoken(anna, ghost)
    cast.office.remove("histories", ["10010"])
    cast.office.edit("contacts", "C0008", city="Nach dem Restore")
    cast.agent.sync()
    eventually(lambda: _is_settled(cast), "every edit reaches the office and its end")
    cast.witness.start_over()
    cast.witness.read()
    cast.check_equal()
    assert ("contact", ghost) not in cast.witness.copy
    assert cast.office.row("contacts", "C0005")["city"] == "Von Ben"
    assert cast.office.row("contacts", "C0006")["city"] == "Von Anna"
    for phone in (anna, ben):
        assert {edit["state"] for edit in phone.call("status")["edits"]} == {"applied"}


def _what_the_backup_does_not_know(cast: Cast, anna: Device, ben: Device, revived: Row) -> str:
    """Changes, deletes and edits at every stage; the record that Anna alone holds afterwards."""
    cast.office.edit_many("contacts", ["C0001", "C0002"], jobTitle="Neu")
    cast.office.remove("histories", FORGOTTEN)
    cast.office.add("histories", revived)
    ghost = str(ben.call("new", "contact", "fullName=Vergänglich")["id"])
    ben.sync()
    cast.expect_waiting(agent=1, phones=[0, 0])
    cast.agent.sync()
    cast.expect_waiting(witness=7, phones=[7, 7])
    # Taken by the office, but Anna does not hear of it; nor of what is deleted then.
    anna.call("edit", "contact", "C0006", "city=Von Anna")
    assert anna.sync()["received"] == 7
    cast.expect_waiting(agent=1, witness=7, phones=[0, 7])
    cast.office.remove("contacts", [ghost])
    cast.office.remove("histories", [DELETED_BEFORE])
    assert cast.agent.sync()["edits"] == {"applied": 1}
    # Kept by the mailbox alone.
    ben.call("edit", "contact", "C0005", "city=Von Ben")
    assert ben.sync()["sent"] == 1
    cast.expect_waiting(agent=1, witness=8, phones=[3, 0])
    return ghost


def _the_mailbox_is_set_back(cast: Cast, kept: Backup) -> None:
    kept.restore()
    cast.account.stack.manage("new_epoch", cast.account.number)


def _nothing_is_removed_before_the_office_has_spoken(anna: Device, ghost: str) -> None:
    anna.sync()
    assert anna.call("show", "contact", ghost)["data"]["fullName"] == "Vergänglich"


def _is_settled(cast: Cast) -> bool:
    taken = [cast.agent.sync()["received"], *(phone.sync()["received"] for phone in cast.phones)]
    edits = [edit["state"] for phone in cast.phones for edit in phone.call("status")["edits"]]
    return not any(taken) and not {"unsent", "waiting", "collected"} & set(edits)

"""The four causes that the field knows, each staged for real, named, and gone after its mend."""

import httpx

from tests.journeys.cast import Cast
from tests.journeys.programs import Device
from tests.journeys.records import CONTACTS, HISTORIES

ALL = CONTACTS + HISTORIES
INACTIVE = ("account-inactive", "critical")
SERVER_ASLEEP = ("server-asleep", "critical")
DEVICE_ASLEEP = ("device-asleep", "warning")
NOT_WOKEN = ("wake-up-impossible", "warning")
SHARED = ("shared-mailbox", "critical")


def test_an_inactive_account_collects_nothing_until_it_is_active_again(cast: Cast) -> None:
    (phone,) = cast.begin("Anna")
    phone.call("edit", "contact", "C0001", "city=Vom Telefon")
    cast.office.edit("contacts", "C0000", city="Aus dem Büro")
    cast.account.set_state("suspended")
    for ran in (phone.run("sync"), cast.agent.run("run", "--once", *cast.agent.source)):
        assert (ran.code, ran.err.count("\n")) == (4, 1)
        assert "suspended" in ran.err
    assert cast.account.findings() == [INACTIVE]
    assert cast.account.sentence() == "This account is suspended: nothing is being collected."
    still = {"Agent": 1, "Anna": 1}
    cast.account.expect({"Witness": 0, "Agent": 0, "Anna": 0}, pending=still)
    cast.account.set_state("active")
    assert cast.account.findings() == []
    assert phone.sync()["sent"] == 1
    cast.account.expect({"Witness": 0, "Agent": 1, "Anna": 0}, pending={"Agent": 1})
    assert cast.agent.sync()["edits"] == {"applied": 1}
    cast.spread(2)
    assert phone.last_edit()["state"] == "applied"


def test_a_silent_server_and_phones_in_deep_sleep(cast: Cast) -> None:
    (phone,) = cast.begin("Anna")
    cast.account.age("3h")
    # Nothing waits for the phone: its silence is nobody's trouble.
    assert cast.account.findings() == [SERVER_ASLEEP]
    cast.office.edit("contacts", "C0000", city="Süd")
    cast.agent.sync()
    # Told by the page and the command alone: a witness who asks is not asleep.
    cast.account.expect({"Witness": 1, "Agent": 0, "Anna": 1})
    assert cast.account.findings() == [DEVICE_ASLEEP] * 2 + [NOT_WOKEN] * 2
    cast.account.age("3h")
    assert cast.account.findings() == [SERVER_ASLEEP] + [DEVICE_ASLEEP] * 2 + [NOT_WOKEN] * 2
    assert "Act! server has been silent for 3 h" in cast.account.sentence()
    cast.agent.sync()
    assert cast.account.findings() == [DEVICE_ASLEEP] * 2 + [NOT_WOKEN] * 2
    assert cast.witness.read() == 1
    assert cast.account.findings() == [DEVICE_ASLEEP, NOT_WOKEN]
    assert cast.account.sentence().startswith("Anna is asleep: 1 record waits since ")
    assert phone.sync()["received"] == 1
    assert cast.account.findings() == []
    cast.check_equal()


def test_a_copied_phone_is_refused_until_it_is_paired_on_its_own(cast: Cast) -> None:
    (phone,) = cast.begin("Anna")
    copy = phone.copy_to(cast.folder / "copy", "Copy")
    refused = copy.run("sync")
    assert (refused.code, refused.err.count("\n")) == (3, 1)
    assert "make a new code in the portal" in refused.err
    assert _answer(cast, copy) == (409, "device-cloned")
    assert cast.account.findings() == [SHARED]
    # The first one goes on as before.
    cast.office.edit("contacts", "C0000", city="Süd")
    cast.agent.sync()
    cast.spread(1)
    assert cast.account.findings() == [SHARED]
    cast.account.pair(copy)
    assert copy.sync()["received"] == ALL
    assert cast.account.findings() == []
    cast.phones.append(copy)
    cast.check_equal()
    cast.office.edit("contacts", "C0000", city="Nord")
    cast.agent.sync()
    cast.spread(1)


def _answer(cast: Cast, device: Device) -> tuple[int, str]:
    """Status and code of what the mailbox answers to the token in this device's folder."""
    answer = httpx.get(f"{cast.account.stack.url}/api/v1/mailbox", headers=device.headers)
    return answer.status_code, answer.json()["code"]

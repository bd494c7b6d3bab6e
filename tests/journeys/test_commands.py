"""What an operator asks of a phone or of the office, done by the programs themselves."""

import httpx

from tests.journeys.cast import Cast
from tests.journeys.programs import Agent, Device
from tests.journeys.records import CONTACTS, HISTORIES

ALL = CONTACTS + HISTORIES


def test_an_erased_phone_keeps_nothing(cast: Cast) -> None:
    lost, _ = cast.begin("Anna", "Ben")
    token = lost.token
    assert _is_in_the_folder(lost, "C0001")
    cast.office.edit("contacts", "C0000", city="Süd")
    cast.agent.sync()
    cast.account.command(lost, "erase")
    assert cast.account.peer("Anna")["state"] == "active"
    erased = lost.run("sync")
    assert (erased.code, erased.err.count("\n")) == (0, 1)
    assert "erased" in erased.err
    assert cast.account.peer("Anna")["state"] == "erased"
    assert _answer(cast, token) == (401, "token-invalid")
    assert not _is_in_the_folder(lost, "C0001")
    assert not _is_in_the_folder(lost, token)
    assert lost.run("sync").code == 3
    cast.phones.remove(lost)
    cast.spread(1)


def test_a_revoked_phone_is_refused_and_may_pair_anew(cast: Cast) -> None:
    (phone,) = cast.begin("Anna")
    cast.account.stack.manage("revoke", cast.account.peer("Anna")["peer"])
    assert cast.account.peer("Anna")["state"] == "revoked"
    refused = phone.run("sync")
    assert (refused.code, refused.err.count("\n")) == (3, 1)
    assert "pair again" in refused.err
    assert _answer(cast, phone.token) == (401, "token-invalid")
    # A reader of its own from now on, that also learns what was deleted meanwhile.
    cast.office.remove("histories", ["10000"])
    cast.agent.sync()
    cast.account.pair(phone)
    cast.expect_waiting(witness=1, phones=[ALL])
    assert phone.sync()["received"] == ALL
    assert cast.witness.read() == 1
    cast.check_equal()


def test_everything_is_sent_again_on_request(cast: Cast) -> None:
    (phone,) = cast.begin("Anna")
    cast.office.remove("histories", ["10000", "10001"])
    assert cast.agent.sync()["sent"] == 2
    cast.spread(2)
    cast.account.command(phone, "resend-all")
    cast.expect_waiting(phones=[ALL])
    assert phone.sync()["received"] == ALL
    cast.expect_waiting(phones=[0])
    cast.check_equal()

    cast.account.command(cast.agent, "resend-all")
    assert cast.agent.sync()["sent"] == ALL - 2
    assert cast.agent.sync()["sent"] == 0
    # Nothing of it was new, so nothing of it travels to the phones.
    cast.expect_waiting(phones=[0])
    cast.check_equal()


def test_a_new_agent_without_the_old_ones_state_takes_over(cast: Cast) -> None:
    cast.begin("Anna")
    newest = max(version for version, _ in cast.witness.copy.values())
    old, cast.agent = cast.agent, Agent(cast.folder / "new", "Successor", cast.office)
    cast.account.pair(cast.agent)
    refused = old.run("run", "--once", *old.source)
    assert (refused.code, refused.err.count("\n")) == (3, 1)
    assert cast.account.peer("Agent")["state"] == "retired"
    assert cast.agent.sync()["sent"] == ALL
    cast.spread(ALL)
    assert min(version for version, _ in cast.witness.copy.values()) > newest


def _answer(cast: Cast, token: str) -> tuple[int, str]:
    answer = httpx.get(
        f"{cast.account.stack.url}/api/v1/mailbox", headers={"Authorization": f"Bearer {token}"}
    )
    return answer.status_code, answer.json()["code"]


def _is_in_the_folder(device: Device, text: str) -> bool:
    files = (path for path in device.folder.rglob("*") if path.is_file())
    return any(text.encode() in path.read_bytes() for path in files)

"""`GET /mailbox?wait=` through the public door: what is answered at once, and who is called."""

from tests.stack import Stack
from tests.waiting.conftest import Office
from tests.waiting.program import CALLED_WITHIN, edit, put


def test_a_change_calls_the_devices(office: Office) -> None:
    waits = [office.phone.wait(), office.tablet.wait()]
    assert all(wait.waits for wait in waits)
    office.server.push(put("a", 1))
    assert [wait.mailbox()["waiting"]["total"] for wait in waits] == [1, 1]
    # What waits is answered at once, again and again, until it is acknowledged.
    assert office.phone.wait().mailbox()["waiting"]["total"] == 1
    assert len(office.phone.collect()) == 1
    again = office.phone.wait()
    assert again.waits
    office.server.push(put("a", 2), put("b", 3))
    assert again.mailbox()["waiting"]["total"] == 2


def test_an_edit_calls_the_server_and_its_outcome_the_device(office: Office) -> None:
    server = office.server.wait()
    batch = office.phone.push(edit("new"))
    assert server.mailbox()["waiting"]["total"] == 1
    [change] = office.server.collect()
    phone, tablet = office.phone.wait(), office.tablet.wait()
    assert phone.waits
    outcome = {"batch": change["batch"], "index": change["index"], "state": "applied"}
    office.server.post("/acks", {"outcomes": [outcome]})
    assert phone.mailbox()["waiting"]["total"] == 0
    assert office.phone.get(f"/batches/{batch}").json()["outcomes"][0]["state"] == "applied"
    assert tablet.waits, "another device's outcome is no news"


def test_a_command_is_news_once(stack: Stack, office: Office) -> None:
    phone, server = office.phone.wait(), office.server.wait()
    stack.manage("command", office.number, office.phone.id, "sync-now")
    assert [command["do"] for command in phone.mailbox()["commands"]] == ["sync-now"]
    assert server.waits
    again = office.phone.wait(3)
    assert again.waits, "a command that was fetched is no news"
    assert [command["do"] for command in again.mailbox()["commands"]] == ["sync-now"]


def test_a_command_that_was_never_fetched_is_answered_at_once(stack: Stack, office: Office) -> None:
    stack.manage("command", office.number, office.server.id, "resend-all")
    assert office.server.wait().answered(CALLED_WITHIN)


def test_the_account_s_state_calls_everybody(stack: Stack, office: Office) -> None:
    waits = [office.phone.wait(), office.server.wait()]
    stack.manage("set_state", office.number, "suspended")
    assert [wait.mailbox()["account"]["state"] for wait in waits] == ["suspended"] * 2
    phone = office.phone.wait()
    assert phone.waits, "an inactive account may wait to become active"
    stack.manage("set_state", office.number, "active")
    assert phone.mailbox()["account"]["state"] == "active"


def test_a_revoked_and_an_erased_device_are_told(stack: Stack, office: Office) -> None:
    phone, tablet = office.phone.wait(), office.tablet.wait()
    stack.manage("revoke", office.phone.id)
    stack.manage("command", office.number, office.tablet.id, "erase")
    refused = phone.response()
    assert (refused.status_code, refused.json()["code"]) == (401, "token-invalid")
    erased = tablet.mailbox()
    assert set(erased) == {"account", "commands", "time"}
    [command] = erased["commands"]
    last = office.tablet.wait()
    assert last.waits, "it was asked, and has not answered yet"
    office.tablet.post(f"/commands/{command['id']}/done", {"result": "ok"})
    assert last.response().status_code == 401


def test_a_second_wait_answers_the_first(office: Office) -> None:
    first = office.phone.wait()
    second = office.phone.wait()
    assert first.mailbox(CALLED_WITHIN)["waiting"]["total"] == 0
    assert second.waits
    office.phone.get("/mailbox?wait=0")
    office.phone.get("/mailbox")
    assert second.waits, "whoever only asks does not wait"


def test_the_end_of_a_wait_is_an_answer_like_any(office: Office) -> None:
    waited = office.phone.wait(2)
    answer = waited.mailbox()
    assert waited.took >= 2
    assert set(answer) == set(office.phone.get("/mailbox").json())


def test_waits_outside_are_refused(office: Office) -> None:
    for wait in ("56", "-1", "abc", "", "1.5", "5&wait=", "9" * 400):
        refused = office.phone.get(f"/mailbox?wait={wait}")
        assert (refused.status_code, refused.json()["code"]) == (400, "invalid-request"), wait


def test_the_checks_come_in_the_order_of_every_request(stack: Stack, office: Office) -> None:
    """As the web processes have it, headers included."""
    foreign = {"Install_Id": "2b1f0a5e-7c1d-4c35-9b52-0f3d0c9f6a11"}
    asked = {
        "/mailbox?wait=abc": ({"Authorization": "Bearer hhd_nobody"}, 401, "token-invalid"),
        "/mailbox?wait=56": (foreign, 409, "device-cloned"),
    }
    for path, (headers, status, code) in asked.items():
        waiting = office.phone.get(path, **headers)
        assert (waiting.status_code, waiting.json()["code"]) == (status, code)
        web = office.phone.get(path.partition("?")[0], **headers)
        assert waiting.headers.keys() == web.headers.keys()
        assert waiting.json().keys() == web.json().keys()
    served = [office.phone.get(f"/mailbox{query}") for query in ("", "?wait=0")]
    assert served[0].headers.keys() == served[1].headers.keys()
    assert not {"server", "via"} & set(served[1].headers)

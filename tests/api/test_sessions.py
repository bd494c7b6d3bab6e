import uuid
from typing import Any

import pytest

from tests.office import Office, Program, manage, put, refused, said


def status_of(office: Office, program: Program) -> dict[str, Any]:
    peers = manage("account_status", office.number)["peers"]
    peer: dict[str, Any] = next(peer for peer in peers if peer["peer"] == program.id)
    return peer


def begin(program: Program, **more: Any) -> str:
    session: str = said(program.post("/sessions", {"reason": "manual", **more}), 201)["session"]
    return session


def finish(program: Program, session: str, result: str = "ok", **more: Any) -> str:
    told = said(program.post(f"/sessions/{session}/finish", {"result": result, **more}))
    assert told["session"] == session
    ended: str = told["result"]
    return ended


def test_a_session_answers_like_the_mailbox(server: Program, phone: Program) -> None:
    told = said(phone.post("/sessions", {"reason": "scheduled"}), 201)
    assert set(told) == {"session", *phone.mailbox()}
    assert {"checkpoint", "highest_version", "epoch"} <= set(
        said(server.post("/sessions", {"reason": "start"}), 201)
    )


def test_the_first_result_stays(server: Program) -> None:
    session = begin(server)
    assert finish(server, session, "failed", error={"code": "source-missing"}) == "failed"
    assert finish(server, session, "ok") == "failed"


def test_a_new_session_interrupts_the_open_one(server: Program) -> None:
    first = begin(server)
    second = begin(server)
    assert finish(server, first) == "interrupted"
    assert finish(server, second) == "ok"


def test_fifteen_silent_minutes_interrupt(office: Office, server: Program) -> None:
    session = begin(server)
    office.age("14m")
    server.push(put("a"), Sync_Session=session)  # a request of this session keeps it open
    office.age("14m")
    server.mailbox()  # and so does any other request of its peer
    office.age("14m")
    assert finish(server, session) == "ok"
    session = begin(server)
    office.age("15m")
    assert finish(server, session) == "interrupted"


def test_a_finished_or_unknown_session_refuses_no_data(server: Program) -> None:
    session = begin(server)
    finish(server, session)
    for named in (session, str(uuid.uuid4()), "rubbish"):
        said(server.push(put("a", 1), Sync_Session=named), 202)


def test_a_servers_most_recent_sync(office: Office, server: Program) -> None:
    assert status_of(office, server)["last_sync"] is None
    session = begin(server)
    server.push(put("a"), Sync_Session=session)
    assert status_of(office, server)["last_sync"] is None
    finish(server, session, "failed", error={"code": "crm-sign-in-refused", "detail": "no"})
    told = status_of(office, server)
    assert told["last_sync"] is None
    assert told["last_attempt"] is not None
    finish(server, begin(server))
    assert status_of(office, server)["last_sync"] is not None


def test_an_implicit_session_with_an_accepted_batch_is_a_sync(
    office: Office, server: Program
) -> None:
    server.push({**put("a"), "op": "no"})
    assert status_of(office, server)["last_sync"] is None
    server.push(put("a"))
    assert status_of(office, server)["last_sync"] is not None


def test_a_devices_most_recent_sync(office: Office, server: Program, phone: Program) -> None:
    server.deliver(put("a"))
    phone.page()
    assert status_of(office, phone)["last_sync"] is None
    phone.collect()
    collected = status_of(office, phone)["last_sync"]
    office.age("2h")
    phone.mailbox()  # up to date: this counts
    assert status_of(office, phone)["last_sync"] > collected
    server.deliver(put("b"))
    office.age("2h")
    before = status_of(office, phone)["last_sync"]
    phone.mailbox()  # something waits: this does not
    assert status_of(office, phone)["last_sync"] == before


def test_pending_is_what_still_lies_there(office: Office, server: Program, phone: Program) -> None:
    begin(server, pending=12)
    assert phone.mailbox()["server"]["pending"] == 12
    finish(server, begin(server), pending=3)
    told = phone.mailbox()["server"]
    assert (told["pending"], told["state"]) == (3, "awake")
    assert status_of(office, server)["pending"] == 3


def test_presence_follows_the_announced_next_contact(office: Office, server: Program) -> None:
    phone = office.device()
    assert phone.mailbox()["server"]["state"] == "never"
    begin(server, next_contact_in=7200)
    for by, state in (("0s", "awake"), ("119m", "awake"), ("2m", "late"), ("30m", "asleep")):
        office.age(by)
        assert phone.mailbox()["server"]["state"] == state
    begin(server)
    office.age("31m")
    assert phone.mailbox()["server"]["state"] == "late"


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"reason": "because"},
        {"reason": "manual", "now": "yesterday"},
        {"reason": "manual", "now": "2026-01-01T00:00:00"},
        {"reason": "manual", "pending": -1},
        {"reason": "manual", "pending": 1.0},
        {"reason": "manual", "client_version": "x" * 41},
        {"reason": "manual", "client_version": "\0"},
        {"reason": "manual", "slept": [{"from": "2026-01-01T00:00:00Z"}]},
    ],
)
def test_a_start_of_a_wrong_form(server: Program, body: dict[str, Any]) -> None:
    refused(server.post("/sessions", body), 400, "invalid-request")


def test_anothers_session_is_unknown(server: Program, phone: Program) -> None:
    session = begin(server)
    for named in (session, str(uuid.uuid4()), "rubbish"):
        refused(phone.post(f"/sessions/{named}/finish", {"result": "ok"}), 404, "not-found")


def test_commands_stand_until_they_are_done(office: Office, server: Program) -> None:
    manage("command", office.number, server.id, "resend-all")
    manage("command", office.number, server.id, "resend-all")
    (command,) = server.mailbox()["commands"]
    assert command["do"] == "resend-all"
    assert said(server.post("/sessions", {"reason": "manual"}), 201)["commands"] == [command]
    for _ in range(2):
        assert server.call("POST", f"/commands/{command['id']}/done").status_code == 204
    assert server.mailbox()["commands"] == []
    manage("command", office.number, server.id, "resend-all")
    assert server.mailbox()["commands"][0]["id"] != command["id"]
    refused(server.post(f"/commands/{uuid.uuid4()}/done"), 404, "not-found")
    refused(server.post("/commands/rubbish/done"), 404, "not-found")


def test_sync_now_is_done_by_the_next_finished_session(office: Office, phone: Program) -> None:
    manage("command", office.number, phone.id, "sync-now")
    session = begin(phone)
    assert phone.mailbox()["commands"][0]["do"] == "sync-now"
    finish(phone, session)
    assert phone.mailbox()["commands"] == []


def test_a_repeated_finish_serves_no_later_sync_now(office: Office, phone: Program) -> None:
    session = begin(phone)
    finish(phone, session)
    manage("command", office.number, phone.id, "sync-now")
    phone.mailbox()
    finish(phone, session)
    assert [c["do"] for c in phone.mailbox()["commands"]] == ["sync-now"]


def test_an_implicit_session_serves_sync_now_when_it_ends(office: Office, server: Program) -> None:
    manage("command", office.number, server.id, "sync-now")
    server.mailbox()
    server.push(put("a"))
    manage("sweep")
    assert len(server.mailbox()["commands"]) == 1
    office.age("2m")
    manage("sweep")
    assert server.mailbox()["commands"] == []


def test_resend_all_of_a_device_is_its_resync(
    office: Office, server: Program, phone: Program
) -> None:
    server.deliver(put("a"))
    phone.collect()
    manage("command", office.number, phone.id, "resend-all")
    told = phone.mailbox()
    assert (told["commands"], told["waiting"]["total"]) == ([], 1)


def test_unfetched_commands_are_superseded_but_not_an_erase(
    office: Office, server: Program, phone: Program
) -> None:
    manage("command", office.number, server.id, "resend-all")
    manage("command", office.number, phone.id, "erase")
    office.age("31d")
    manage("sweep")
    assert server.mailbox()["commands"] == []
    assert [c["do"] for c in phone.mailbox()["commands"]] == ["erase"]


def test_erase(office: Office, server: Program, phone: Program) -> None:
    server.deliver(put("a"))
    manage("command", office.number, phone.id, "erase")
    manage("set_state", office.number, "suspended")
    told = phone.mailbox()
    assert set(told) == {"account", "commands", "time"}
    for answer in (
        phone.get("/changes"),
        phone.post("/acks", {}),
        phone.post("/sessions", {"reason": "manual"}),
        phone.call("DELETE", "/peer"),
        phone.push(put("a")),
    ):
        refused(answer, 403, "peer-erased")
    done = f"/commands/{told['commands'][0]['id']}/done"
    assert phone.post(done, {"result": "failed", "detail": "disk"}).status_code == 204
    assert phone.mailbox()["commands"] == told["commands"]  # it stays pending
    assert phone.post(done, {"result": "ok"}).status_code == 204
    refused(phone.get("/mailbox"), 401, "token-invalid")
    assert status_of(office, phone)["state"] == "erased"


def test_a_retired_servers_resend_passes_to_its_successor(office: Office) -> None:
    manage("command", office.number, office.server.id, "resend-all")
    successor = office.pair("server", "NEUER-PC")
    assert [c["do"] for c in successor.mailbox()["commands"]] == ["resend-all"]


def test_a_copied_install_is_refused_and_seen(office: Office, phone: Program) -> None:
    copy = str(uuid.uuid4())
    refused(phone.get("/mailbox", Install_Id=copy), 409, "device-cloned")
    codes = {f["code"] for f in manage("account_status", office.number)["findings"]}
    assert "shared-mailbox" in codes
    refused(phone.get("/mailbox", Install_Id="rubbish"), 409, "device-cloned")
    office.age("24h")
    manage("sweep")
    codes = {f["code"] for f in manage("account_status", office.number)["findings"]}
    assert "shared-mailbox" not in codes

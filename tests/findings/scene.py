"""An account with a server and a phone that are up to date, and what may befall it."""

import uuid
from datetime import timedelta
from typing import Any

from django.db import connection
from pytest_django import Settings

from accounts import clock
from tests.office import Office, Program, delete, edit, manage, put, refused, said, sweep_all
from tests.wakeups.push_service import Browser


class Scene:
    """One record has arrived everywhere; every method is something that happens next."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.office = Office()
        self.server = self.office.server
        self.phone = self.office.device()
        self.server.deliver(put("first"))
        self.phone.collect()
        self.tablet = self.phone
        self.copy = uuid.uuid4()

    def status(self, *words: str) -> dict[str, Any]:
        return manage("account_status", self.office.number, *words)

    def findings(self) -> dict[str, str]:
        """Severity by code, in the order as told."""
        return {finding["code"]: finding["severity"] for finding in self.status()["findings"]}

    def age(self, by: str) -> None:
        self.office.age(by)

    def set_state(self, *words: str) -> None:
        manage("set_state", self.office.number, *words)

    def end_in(self, days: int) -> None:
        """The account's last day lies that many days ahead."""
        last = clock.now().date() + timedelta(days=days)
        self.set_state("active", "--until", last.isoformat())

    def change(self, *, version: int = 2) -> None:
        """The office changes the record; it waits for the phone."""
        self.server.deliver(put("first", version))

    def sync(self, result: str = "ok", code: str = "") -> None:
        """The server syncs, with this result."""
        session = said(self.server.post("/sessions", {"reason": "manual"}), 201)["session"]
        body: dict[str, Any] = {"result": result}
        if code:
            body["error"] = {"code": code, "detail": "in words"}
        said(self.server.post(f"/sessions/{session}/finish", body))

    def begin(self, program: Program, **told: Any) -> dict[str, str]:
        """The program begins a session and tells this of itself; the header that names it."""
        begun = said(program.post("/sessions", {"reason": "scheduled", **told}), 201)
        return {"Sync_Session": begun["session"]}

    def sleep(self, hours: int, *changes: Any) -> None:
        """The server's PC slept until a minute ago; awake again it sends these changes."""
        until = clock.now() - timedelta(minutes=1)
        since = until - timedelta(hours=hours)
        gap = {"from": since.isoformat(), "until": until.isoformat()}
        session = self.begin(self.server, slept=[gap])
        if changes:
            self.server.deliver(*changes, **session)

    def tell_clock(self, minutes: float) -> None:
        """The phone's clock is so far ahead of ours."""
        self.begin(self.phone, now=(clock.now() + timedelta(minutes=minutes)).isoformat())

    def fetch(self, times: int) -> None:
        """The phone asks for what comes next, and does not say that it has it."""
        for _ in range(times):
            self.phone.page()

    def subscribe(self) -> None:
        """The phone says how it can be woken."""
        subscription = {"endpoint": "https://push.example.net/1", "keys": Browser().keys}
        assert self.phone.call("PUT", "/push-subscription", subscription).status_code == 204

    def unsubscribe(self) -> None:
        """And has fallen asleep again since."""
        assert self.phone.call("DELETE", "/push-subscription").status_code == 204
        self.age("3h")

    def pair_tablet(self) -> None:
        """One more device, which has not called yet."""
        self.tablet = self.office.device("iPad")

    def use_copy(self) -> None:
        """A copy of the phone, with its token, asks for mail."""
        refused(self.phone.get("/mailbox", Install_Id=str(self.copy)), 409, "device-cloned")

    def pair_copy(self) -> None:
        code = manage("pair", self.office.number, "--role", "device")["code"]
        body = {"code": code, "name": "Copy", "install_id": str(self.copy)}
        token = said(self.server.post("/pairings", body), 201)["token"]
        self.phone.get("/mailbox", Authorization=f"Bearer {token}")

    def edit_on_phone(self, outcome: str) -> None:
        """The phone edits the record, and the server says what became of it."""
        self.phone.deliver(edit("first", 1))
        page = self.server.page()
        reports = [
            {"batch": change["batch"], "index": change["index"], "state": outcome}
            for change in page["changes"]
        ]
        self.server.ack(page["cursor"], outcomes=reports)

    def push_unapplied(self) -> None:
        said(self.server.push(put("late", 3)), 202)

    def fail_batch(self) -> None:
        """What the fifth try in vain leaves behind."""
        self.push_unapplied()
        self.give_up_received()

    def give_up_received(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE mailbox_batch SET state = 'failed', final_at = received_at"
                " WHERE state = 'received'"
            )
        sweep_all()

    def fail_edit(self) -> None:
        """The same of a phone's batch."""
        said(self.phone.push(edit("first", 1)), 202)
        self.give_up_received()

    def resend_all(self) -> None:
        """The server does what it was asked for."""
        for command in self.server.mailbox()["commands"]:
            assert command["do"] == "resend-all"
            self.server.post(f"/commands/{command['id']}/done")

    def lose_place(self) -> None:
        """The mailbox was set back behind the phone's place, and the phone asks."""
        cursor = self.phone.page()["cursor"]
        with connection.cursor() as database:
            database.execute("UPDATE mailbox_mailbox SET head = 0")
        refused(self.phone.get(f"/changes?after={cursor}"), 410, "cursor-ahead")

    def let_expire(self) -> None:
        """A delete goes with the storage time before the phone has collected it."""
        self.server.deliver(delete("first", 2))
        self.age("61d")
        sweep_all()

    def restore_elsewhere(self) -> None:
        """Another account begins a new epoch."""
        manage("new_epoch", Office().number)

    def restore(self) -> None:
        manage("new_epoch", self.office.number)

    def begin_again(self) -> None:
        """Both do as they are told, and the server sends everything again."""
        for program in (self.server, self.phone):
            said(program.post("/resync"), 202)
        self.resend_all()
        self.phone.collect()

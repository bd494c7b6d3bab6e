"""What devices do: they join late, read and repeat, vanish, resync, lose their state, and edit."""

from tests.model import checks, letters
from tests.model.deeds import coin, deed, one_of, pick
from tests.model.oracle import SERVER, Key, Letter
from tests.model.phone import Phone
from tests.model.wakeups import WakeUpRules
from tests.office import Program, said

AT_MOST = 3


class DeviceRules(WakeUpRules):
    """Rules of the account's devices; `pick` says which of them it is."""

    def some(self, pick: int) -> Phone:
        """One of the devices; where all have ended, one that joins."""
        return self.phones[pick % len(self.phones)] if self.phones else self.join()

    @deed(2, pick=pick, how=one_of("unpaired", "revoked", "erased"))
    def a_device_joins_or_ends(self, pick: int, how: str) -> None:
        """It joins late, while there are few; what ended is nobody from then on."""
        if len(self.phones) < AT_MOST:
            self._join_late()
        else:
            self.end(self.some(pick), how)

    def _join_late(self) -> None:
        phone = self.join()
        if self.model.waiting(phone.name):
            self.tell("a device joined late")
        self.poll(phone.program, phone.name)
        if not self.model.keep_copy:
            self.assert_asked_to_resend()

    @deed(6, pick=pick, limit=letters.limits, begin=coin, keep=one_of(0, 1, 2, 3))
    def a_device_reads(self, pick: int, limit: int, begin: bool, keep: int) -> None:
        """A page, from where it is or without a cursor, then: a crash, stored, or acknowledged."""
        self.go_on(self.some(pick), limit, begin=begin and keep > 1, keep=keep)

    @deed(4, pick=pick, limit=letters.limits)
    def a_device_collects(self, pick: int, limit: int) -> None:
        self.collect(self.some(pick), limit)

    def collect(self, phone: Phone, limit: int) -> None:
        """Page by page to the end."""
        while self.go_on(phone, limit) is False:
            pass

    def go_on(self, phone: Phone, limit: int, *, begin: bool = False, keep: int = 3) -> bool | None:
        """One page; whether it was the last, None where it was refused.

        `keep` 0: it is lost again; 1: it is stored and not acknowledged; more: it is both.
        """
        after = None if begin else phone.stored
        seen = self.read(phone.program, phone.name, after, limit)
        if seen is None:
            if not self.is_suspended:
                phone.start_over(lost=False)
            return None
        page, given = seen
        if not keep:
            self.tell("a page was read and lost")
            return page.complete
        extra = len(phone.ghosts & phone.copy.keys())
        phone.store(page, given, begins=after is None)
        if extra > len(phone.ghosts & phone.copy.keys()):
            self.tell("a full read removed what the mailbox had forgotten")
        if page.complete:
            phone.assert_equals(self.model)
        if keep > 1:
            self.acknowledge(phone.program, phone.name, given)
        return page.complete

    @deed(3, pick=pick, which=pick, limit=letters.limits)
    def a_device_repeats_itself(self, pick: int, which: int, limit: int) -> None:
        """It reads from an older cursor again, and acknowledges one again."""
        phone = self.some(pick)
        if phone.given:
            given = phone.given[which % len(phone.given)]
            self.read(phone.program, phone.name, given, limit)
            self.acknowledge(phone.program, phone.name, given)

    @deed(1, pick=pick)
    def a_device_uses_a_cursor_that_is_not_its_own(self, pick: int) -> None:
        """Another reader's, a stranger's, and a damaged one: alike, and nothing moves."""
        phones = [phone for phone in self.phones if phone.given]
        theirs = [(phone.name, phone.given[-1]) for phone in phones]
        theirs += [(SERVER, given) for given in self.server_given[-1:]]
        theirs = [given for given in theirs if given[0] != self.some(pick).name] if phones else []
        if theirs:
            self.tell("used a foreign cursor")
            self._assert_unknown(self.some(pick), theirs[pick % len(theirs)][1].text)
        self.tell("used a stranger's cursor")
        self._assert_unknown(self.some(pick), self.world.stranger.cursor)

    def _assert_unknown(self, phone: Phone, cursor: str) -> None:
        damaged = cursor[:-1] + ("A" if cursor[-1] != "A" else "B")
        answers = [
            checks.anonymous(phone.program.post("/acks", {"cursor": text}))
            for text in (cursor, damaged)
        ]
        assert answers[0] == answers[1]
        mark = self.model.readers[phone.name].mark
        assert (answers[0][0], answers[0][1]["code"]) == (
            (410, mark) if mark else (400, "cursor-invalid")
        )

    @deed(2, pick=pick, why=one_of("marked", "lost", "portal", "none"))
    def a_device_resyncs(self, pick: int, why: str) -> None:
        """Because it was marked, or lost its state; by the portal; or for no reason."""
        if why == "marked":
            for phone in self.phones:
                if self.model.readers[phone.name].mark:
                    self.resync(phone)
        else:
            self.resync(self.some(pick), lost=why == "lost", by_portal=why == "portal")

    def resync(self, phone: Phone, *, lost: bool = False, by_portal: bool = False) -> None:
        if by_portal:
            self.world.manage("command", self.number, phone.name, "resend-all")
        else:
            told = said(phone.program.post("/resync"), 202)
        self.model.resync(phone.name)
        if not by_portal:
            phone.start_over(lost=lost, missing=self.stubs())
            origin = "mailbox" if self.model.keep_copy else "server"
            waiting = sum(self.model.waiting(phone.name).values())
            assert told == {"from": origin, "waiting": waiting}
        self.tell("a device lost its state" if lost else "a device was resynced")
        if not self.model.keep_copy:
            self.assert_asked_to_resend()

    @deed(
        3,
        pick=pick,
        drawn=letters.edits,
        ref=one_of(None, "r-1"),
        applied=coin,
    )
    def a_device_edits(
        self, pick: int, drawn: list[tuple[Key, str]], ref: str | None, applied: bool
    ) -> None:
        phone = self.some(pick)
        changes = []
        for index, (key, op) in enumerate(drawn):
            base = phone.copy[key][0] if key in phone.copy else None
            text = self.next_letter() if op == "put" else None
            changes.append(Letter(index, *key, op, base, text, ref))
        self.push(phone.program, letters.body(changes, version="base_version"), changes)
        if applied:
            self.apply("up")

    @deed(2, pick=pick)
    def everybody_polls(self, pick: int) -> None:
        """And looks up a batch: its sender sees what became of it, to others it is unknown."""
        for phone in self.phones:
            self.poll(phone.program, phone.name)
        programs = [self.server, *(phone.program for phone in self.phones)]
        for program in programs:
            for id in self.world.stranger.batches:
                self._assert_no_batch(program, id)
        self.tell("looked up a stranger's batches")
        if not self.model.pushed:
            return
        sent = list(self.model.pushed.values())
        batch = sent[-1 - pick % len(sent)]
        for program in programs:
            if program.id == batch.sender:
                answer = program.get(f"/batches/{batch.id}")
                self.see_applied()
                checks.batch(said(answer), self.model, batch.id)
            else:
                self._assert_no_batch(program, batch.id)

    def _assert_no_batch(self, program: Program, id: str) -> None:
        answer = program.get(f"/batches/{id}")
        never_was = program.get(f"/batches/{checks.unknown_id()}")
        assert checks.anonymous(answer) == checks.anonymous(never_was)
        checks.problem(answer, 404, "not-found")

    def end(self, phone: Phone, how: str) -> None:
        if how == "unpaired":
            assert phone.program.call("DELETE", "/peer").status_code == 204
        elif how == "revoked":
            self.world.manage("revoke", phone.name)
        else:
            self._erase(phone)
        self.tell(f"a device was {how}")
        self.phones.remove(phone)
        self.ended.append(phone.program)
        del self.model.readers[phone.name]
        self.assert_ended()

    def _erase(self, phone: Phone) -> None:
        """From the request on it is told only of that; once done, it is nobody."""
        self.world.manage("command", self.number, phone.name, "erase")
        told = phone.program.mailbox()
        assert set(told) == {"account", "commands", "time"}
        (command,) = [command for command in told["commands"] if command["do"] == "erase"]
        checks.problem(phone.program.get("/changes"), 403, "peer-erased")
        checks.problem(phone.program.post("/resync"), 403, "peer-erased")
        self.see_applied()
        assert phone.program.post(f"/commands/{command['id']}/done").status_code == 204

    def assert_ended(self) -> None:
        """Whoever ended is nobody."""
        for program in self.ended:
            for path in ("/mailbox", "/changes"):
                checks.problem(program.get(path), 401, "token-invalid")

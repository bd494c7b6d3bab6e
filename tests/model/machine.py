"""The whole machine: operators, strangers and time beside servers and devices."""

import sys
from random import Random

from hypothesis import note
from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule

from tests.model import checks, letters, seasons
from tests.model.deeds import coin, deed, deeds_of, one_of, pick, several
from tests.model.devices import DeviceRules
from tests.model.oracle import SERVER
from tests.model.snapshots import SnapshotRules


class Machine(SnapshotRules, DeviceRules):
    """Everything that can happen to an account but the passing of time."""

    @initialize(seed=st.integers(0, 2**64 - 1))
    def the_account_is_set_up(self, seed: int) -> None:
        self.dice = Random(seed)
        self.a_copy_is_kept_or_not(self.dice.random() < 0.5)
        for _ in range(self.dice.randint(1, 3)):
            self.join()

    @rule()
    def something_happens(self) -> None:
        self.tell("a step")
        chosen = self.dice.choice(deeds_of(type(self)))
        thrown = {name: throw(self.dice) for name, throw in chosen.thrown.items()}
        note(f"{chosen.name}: {thrown}")
        getattr(self, chosen.name)(**thrown)

    @deed(2, keep=coin)
    def a_copy_is_kept_or_not(self, keep: bool) -> None:
        was = self.model.keep_copy
        self.world.manage("set_copy", self.number, "on" if keep else "off")
        seasons.set_copy(self.model, keep=keep)
        if keep and not was:
            self.tell("a copy is kept again")
            self.assert_asked_to_resend()

    @deed(
        1,
        what=one_of("a new epoch", "suspended", "another server"),
        pick=pick,
    )
    def something_rare_happens(self, what: str, pick: int) -> None:
        if what == "suspended":
            self._is_suspended_for_a_while(pick)
        elif what == "a new epoch":
            self._begin_epoch()
        else:
            self.server_is_replaced()
        self.tell(f"rare: {what}")

    def _is_suspended_for_a_while(self, pick: int) -> None:
        """Nothing is sent or collected; whoever asks is told the true counts."""
        self.world.manage("set_state", self.number, "suspended")
        self.state = "suspended"
        phone = self.some(pick)
        self.send(self.written([(letters.KEYS[pick], "put", "new")]))
        assert self.go_on(phone, 1) is None
        for program in (phone.program, self.server):
            checks.problem(program.post("/resync"), 403, "account-inactive")
        snapshot = {"version": self.number_above_all(), "kinds": ["note"]}
        checks.problem(self.server.post("/snapshots", snapshot), 403, "account-inactive")
        if phone.stored:
            self.acknowledge(phone.program, phone.name, phone.stored)
        self.poll(phone.program, phone.name)
        self.state = ("active", "trial")[pick % 2]
        self.world.manage("set_state", self.number, self.state)

    def _begin_epoch(self) -> None:
        epoch = self.poll(self.server, SERVER)["epoch"]
        self.world.manage("new_epoch", self.number)
        seasons.new_epoch(self.model)
        assert self.poll(self.server, SERVER)["epoch"] != epoch
        self.assert_asked_to_resend()

    @deed(1, pick=pick)
    def reading_removes_nothing(self, pick: int) -> None:
        """The same page twice, and the poll in between, all alike."""
        phone = self.some(pick)
        for _ in range(2):
            self.read(phone.program, phone.name, None, 2)
            self.poll(phone.program, phone.name)

    def teardown(self) -> None:
        if sys.exc_info()[0] is None:
            self.everybody_comes_home()

    def everybody_comes_home(self) -> None:
        """Promise 1: once the server has resent and all have drained, all are equal."""
        self.see_dropped()
        if self.model.snapshot:
            self.commit_snapshot()
        self.open_snapshot(letters.KINDS, [])
        self.commit_snapshot()
        live = {k: (one.version, one.text) for k, one in self.crm.items() if one.op == "put"}
        stored = {k: (r.version, r.text) for k, r in self.model.down.items() if r.op == "put"}
        assert stored == live
        self.some(0)
        for phone in self.phones:
            if self.model.readers[phone.name].mark:
                self.resync(phone)
            while not self.go_on(phone, 5):
                pass
            allowed = set() if self.model.keep_copy else phone.ghosts
            assert {k: v for k, v in phone.copy.items() if k not in allowed} == live
            self.poll(phone.program, phone.name)
        self.everything_is_as_told()


class MachineInTime(Machine):
    """And time passes, by hours that never end exactly when something is due."""

    @deed(3, both=coin)
    def received_batches_are_applied(self, both: bool) -> None:
        self.apply("down")
        if both:
            self.apply("up")

    @deed(3, hours=one_of(25, 61 * 24, 7, 31 * 24, 0), late=coin)
    def time_passes(self, hours: int, late: bool) -> None:
        """And beat does what is due by then, unless it is late."""
        if hours:
            self.world.manage("age", self.number, "--by", f"{hours}h")
            self.model.hours += hours
        if not late:
            self.world.sweep()
            self._see_swept()

    @deed(4, hours=one_of(25, 25, 61 * 24), busy=several(coin, least=3, most=3))
    def a_day_goes_by(self, hours: int, busy: list[bool]) -> None:
        """Most devices collect all that waits, and later what has a reason to end does."""
        for phone, collects in zip(list(self.phones), busy, strict=False):
            if collects or busy[0]:
                self.collect(phone, 200)
        self.time_passes(hours, late=False)

    def _see_swept(self) -> None:
        acked = {p.name: self.model.readers[p.name].acked for p in self.phones}
        marks = {name: reader.mark for name, reader in self.model.readers.items()}
        swept = seasons.sweep(self.model)
        for phone in self.phones:
            for key, record in swept.forgotten:
                phone.forget(key, record, acked[phone.name])
            phone.missing |= {k for k, place in swept.stubbed if place > acked[phone.name]}
        self._tell_of(bool(swept.stubbed), "a stub was made")
        self._tell_of(bool(swept.forgotten), "a delete or stub was forgotten")
        lost = any(reader.mark != marks[name] for name, reader in self.model.readers.items())
        self._tell_of(lost, "a reader was marked for what it lost")
        expired = any(one.state == "expired" for one in self.model.outcomes.values())
        self._tell_of(expired, "an edit expired")

    def _tell_of(self, happened: bool, what: str) -> None:
        if happened:
            self.tell(what)

    @deed(1, days=one_of(1, 3, 60))
    def the_storage_time_is_set(self, days: int) -> None:
        self.world.manage("set_storage", self.number, str(days))
        self.model.storage_days = days

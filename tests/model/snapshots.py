"""A server's snapshots: what they do not name is deleted."""

import json
import uuid
from typing import Any

from tests.model import checks, letters
from tests.model.deeds import deed, one_of, several
from tests.model.oracle import DAY, Key, Letter, Snapshot
from tests.model.seasons import commit
from tests.model.servers import ServerRules, at
from tests.office import said


class SnapshotRules(ServerRules):
    """Opened, filled in two parts, committed; or left open."""

    @deed(
        1,
        kinds=one_of(letters.KINDS, letters.KINDS, letters.KINDS[:1], letters.KINDS[1:]),
        gone=several(letters.keys, least=0, most=2),
        leave=one_of(False, False, True),
    )
    def server_sends_a_snapshot(self, kinds: tuple[str, ...], gone: list[Key], leave: bool) -> None:
        self.see_dropped()
        self._use_a_stranger_s()
        if self.model.snapshot is None:
            self.open_snapshot(kinds, gone)
        else:
            answer = self.server.post("/snapshots", {"version": 2**62, "kinds": list(kinds)})
            self._assert_open_or_dropped(answer)
        if self.model.snapshot and not leave:
            self.commit_snapshot()

    def _use_a_stranger_s(self) -> None:
        """Looked up, sent a part of, or committed: as one that never was, and it stays open."""
        stranger = self.world.stranger
        for ask in (self._look_up, self._send_a_part_of, self._commit):
            answer = ask(stranger.snapshot)
            assert checks.anonymous(answer) == checks.anonymous(ask(checks.unknown_id()))
            checks.problem(answer, 404, "not-found")
        stranger.assert_untouched()
        self.tell("used a stranger's snapshot")

    def _look_up(self, id: str) -> Any:
        return self.server.get(f"/snapshots/{id}")

    def _send_a_part_of(self, id: str) -> Any:
        part = letters.body([Letter(0, "note", "a", "delete", 1, None)], version="version",
                            snapshot=id)  # fmt: skip
        return self.server.post("/batches", part, Idempotency_Key=str(uuid.uuid4()))

    def _commit(self, id: str) -> Any:
        return self.server.post(f"/snapshots/{id}/commit", {"changes": 0})

    def _assert_open_or_dropped(self, answer: Any) -> None:
        assert self.model.snapshot is not None
        checks.problem(answer, 409, "snapshot-open")
        assert json.loads(answer.content)["snapshot"] == self.model.snapshot.id
        self.tell("a second snapshot was refused")

    def see_dropped(self) -> None:
        """A snapshot that is open for a day is dropped, whether beat came or not."""
        snapshot = self.model.snapshot
        if snapshot and self.model.hours - snapshot.opened >= DAY:
            assert said(self.server.get(f"/snapshots/{snapshot.id}"))["state"] == "dropped"
            late = self.server.post(
                f"/snapshots/{snapshot.id}/commit", {"changes": snapshot.accepted}
            )
            checks.problem(late, 409, "snapshot-closed")
            self.tell("a snapshot was dropped")
            self.model.snapshot = None

    def open_snapshot(self, kinds: tuple[str, ...], gone: list[Key]) -> None:
        """Open it and send what the server has of these kinds but what is `gone` by now."""
        opened = {"version": self.number_above_all(), "kinds": list(kinds)}
        answer = self.server.post("/snapshots", opened)
        made = said(answer, 201)["snapshot"]
        self.model.snapshot = Snapshot(made, self.version, list(kinds), self.model.hours)
        for key in gone:
            if key in self.crm and key[0] in kinds:
                self.crm[key] = Letter(0, *key, "delete", self.version, None)
        live = [one for one in self.crm.values() if one.op == "put" and one.kind in kinds]
        for part in (live[::2], live[1::2]):
            if part:
                self._send_part([at(nth, letter) for nth, letter in enumerate(part)])

    def _send_part(self, part: list[Letter]) -> None:
        snapshot = self.model.snapshot
        assert snapshot is not None
        body = letters.body(part, version="version", snapshot=snapshot.id)
        assert self.push(self.server, body, part, part_of=snapshot.id)
        snapshot.accepted += len(part)
        snapshot.names |= {letter.key for letter in part}

    def commit_snapshot(self) -> None:
        snapshot = self.model.snapshot
        assert snapshot is not None
        path = f"/snapshots/{snapshot.id}/commit"
        right = {"changes": snapshot.accepted}
        wrong = self.server.post(path, {"changes": snapshot.accepted + 1})
        checks.problem(wrong, 409, "snapshot-incomplete")
        if any(batch.part_of == snapshot.id for batch in self.model.pending["down"]):
            checks.problem(self.server.post(path, right), 409, "snapshot-incomplete")
            self.tell("committed before a part was applied")
        self.apply("down")
        for _ in range(2):
            assert said(self.server.post(path, right), 202) == {"state": "applying"}
        self.world.apply(self.mailboxes["down"])
        if commit(self.model):
            self.tell("a snapshot deleted what it did not name")
        self.tell("a snapshot was committed")
        assert said(self.server.get(f"/snapshots/{snapshot.id}"))["state"] == "applied"

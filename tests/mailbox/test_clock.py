"""The server's own clock jumps: nothing is lost, nothing is stuck, every count is right."""

from datetime import timedelta
from random import Random
from typing import Any

import pytest

from accounts import clock
from sync import sweeps
from tests.office import Office, Program, apply_all, edit, put, said
from tests.races.books import check_books, check_drained, outcomes, versions

JUMPS = (-2, 2, 0)  # hours from the true time, step by step
DEEDS = ("push", "edit", "apply", "read", "read", "sweep")


def read(program: Program, limit: int = 200) -> list[Any]:
    """One page, acknowledged with an outcome of every edit in it."""
    page = program.page(f"?limit={limit}")
    edits = [{"batch": c["batch"], "index": 0} for c in page["changes"] if "batch" in c]
    more = {"outcomes": [{**one, "state": "applied"} for one in edits]} if edits else {}
    assert program.ack(page["cursor"], **more)["rejected"] == []
    return list(page["changes"])


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("unlimited")
def test_a_clock_that_jumps_loses_nothing(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    dice, truth, ahead = Random(1), clock.now, [0]
    monkeypatch.setattr(clock, "now", lambda: truth() + timedelta(hours=ahead[0]))
    server, phones = office.server, [office.device(), office.device("Tablet")]
    newest: dict[str, int] = {}
    sent: list[tuple[Program, str]] = []
    seen: dict[str, list[Any]] = {program.id: [] for program in (server, *phones)}
    for step in range(60):
        ahead[0], deed, record = JUMPS[step % len(JUMPS)], dice.choice(DEEDS), dice.choice("abc")
        who = dice.choice({"push": [server], "edit": phones}.get(deed, [server, *phones]))
        who.mailbox()
        if deed in ("push", "edit"):
            change = put(record, step + 1) if who is server else edit(record, None)
            sent.append((who, said(who.push(change), 202)["batch"]))
            newest |= {record: step + 1} if who is server else {}
        elif deed == "read":
            seen[who.id] += read(who, dice.choice((1, 2, 200)))
        elif deed == "apply":
            apply_all()
        else:  # and the database turns no task away
            assert sweeps.run_but_applying(now=clock.now()).keys() == {*sweeps.TASKS, *sweeps.LAST}
        check_books(office)
    ahead[0] = 0
    apply_all()
    for program in (server, *phones):
        seen[program.id] += read(program)
    check_drained(office, *phones)
    assert all(versions(seen[phone.id]) == newest for phone in phones)
    edits = [batch for sender, batch in sent if sender is not server]
    assert sorted(change["batch"] for change in seen[server.id]) == sorted(edits)
    for sender, batch in sent:
        told = said(sender.get(f"/batches/{batch}"))
        assert told["state"] == "applied"
        assert sender is server or outcomes(told) == ["applied"]

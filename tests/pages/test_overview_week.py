"""The last seven days: what happened is told, in the picture and in words, and nothing else is."""

import re
from datetime import timedelta
from typing import Any

from accounts import clock
from tests.office import Program, edit, manage, put, said
from tests.pages.person import Person, text_of
from tests.pages.test_overview import pair


def sync(program: Program, **told: Any) -> None:
    """A session that carries nothing."""
    session = said(program.post("/sessions", {"reason": "scheduled", **told}), 201)["session"]
    said(program.post(f"/sessions/{session}/finish", {"result": "ok"}))


def remarks(person: Person, name: str) -> list[str]:
    """What the picture tells of this station, oldest day first."""
    labels = re.findall(r'role="img" tabindex="0" aria-label="([^"]*)"', person.overview())
    return [label.partition(": ")[2] for label in labels if name in label.partition(": ")[0]]


def test_syncs_are_counted_by_day_and_station(petra: Person) -> None:
    server, phone = pair(petra, "server", "BÜRO-PC"), pair(petra, "device", "Pixel 9")
    server.deliver(*(put(f"r{n}") for n in range(3)))
    phone.collect()
    manage("age", petra.number, "--by", "2d")
    sync(phone)
    older, today = remarks(petra, "Pixel 9")
    assert older.startswith("1 sync, sent 0, received 3")
    assert today.startswith("1 sync, sent 0, received 0")
    assert remarks(petra, "BÜRO-PC")[0].startswith("1 sync, sent 3, received 0")
    page = text_of(petra.overview())
    assert "The same as a table" in page
    assert "Pixel 9 1 0 3" in page


def test_a_servers_silence_is_told_once_it_was_too_long(petra: Person) -> None:
    server = pair(petra, "server", "BÜRO-PC")
    sync(server)
    manage("age", petra.number, "--by", "50m")
    sync(server)
    assert not any("silent" in told for told in remarks(petra, "BÜRO-PC"))
    manage("age", petra.number, "--by", "3h")
    assert "silent since" in remarks(petra, "BÜRO-PC")[-1]
    sync(server)
    assert any(re.search(r"silent \d\d:\d\d–", told) for told in remarks(petra, "BÜRO-PC"))
    assert not any("since" in told for told in remarks(petra, "BÜRO-PC"))


def test_a_devices_silence_is_told_after_it_has_come_back(petra: Person) -> None:
    phone = pair(petra, "device", "Pixel 9")
    said(phone.get("/mailbox"))
    manage("age", petra.number, "--by", "5h")
    for _ in range(2):
        manage("sweep")
    said(phone.get("/mailbox"))
    manage("sweep")
    manage("age", petra.number, "--by", "10m")
    said(phone.get("/mailbox"))
    manage("sweep")
    assert re.search(r"silent \d\d:\d\d–\d\d:\d\d$", remarks(petra, "Pixel 9")[-1])
    assert 'class="bar-silent" x=' in petra.overview()


def test_a_devices_silence_that_nobody_noticed_is_not_known(petra: Person) -> None:
    """It may have asked without a session all the time."""
    phone = pair(petra, "device", "Pixel 9")
    sync(phone)
    manage("age", petra.number, "--by", "5h")
    assert "silent since" in remarks(petra, "Pixel 9")[-1]
    sync(phone)
    assert not any("silent" in told for told in remarks(petra, "Pixel 9"))
    assert 'class="bar-silent" x=' not in petra.overview()


def test_a_reported_sleep_is_told_as_reported(petra: Person) -> None:
    server = pair(petra, "server", "BÜRO-PC")
    until = clock.now() - timedelta(hours=30)
    gap = {"from": (until - timedelta(hours=2)).isoformat(), "until": until.isoformat()}
    sync(server, slept=[gap])
    assert any("by its own report" in told for told in remarks(petra, "BÜRO-PC"))
    assert 'class="bar-slept" x=' in petra.overview()


def test_what_waited_is_told_for_the_time_that_it_waited(petra: Person) -> None:
    server, phone = pair(petra, "server", "BÜRO-PC"), pair(petra, "device", "Pixel 9")
    server.deliver(put("first"))
    phone.collect()
    assert "something waited" not in " ".join(remarks(petra, "Pixel 9"))
    manage("age", petra.number, "--by", "30m")
    server.deliver(put("first", 2))
    manage("age", petra.number, "--by", "2h")
    assert "something waited since" in remarks(petra, "Pixel 9")[-1]
    phone.collect()
    told = " ".join(remarks(petra, "Pixel 9"))
    assert re.search(r"something waited \d\d:\d\d–\d\d:\d\d", told)
    assert "something waited since" not in told
    phone.deliver(edit("first", 2))
    manage("age", petra.number, "--by", "2h")
    assert "something waited since" in remarks(petra, "BÜRO-PC")[-1]


def test_an_account_without_programs_has_no_week(petra: Person) -> None:
    assert "The last seven days" not in petra.overview()

"""The drawn way of the data: the state of each stretch, its twin in words, and many devices."""

import re

import pytest

from tests.office import edit, manage, put, said
from tests.pages.person import Person, text_of
from tests.pages.test_overview import pair


def stretches(person: Person) -> dict[str, str]:
    """The state of each stretch of the wide drawing, by what its title says."""
    drawing = person.overview().partition("drawing-wide")[2].partition("drawing-narrow")[0]
    found = re.findall(r'class="arrow arrow-(\w+)"><title>([^<]*)</title>', drawing)
    return {title: state for state, title in found}


def state_of(person: Person, beginning: str) -> str:
    """The state of the one stretch whose title begins so; an age behind it may be any."""
    [state] = [s for title, s in stretches(person).items() if title.startswith(beginning)]
    return state


def test_every_state_of_a_stretch_is_drawn_and_said(petra: Person) -> None:
    server, phone = pair(petra, "server", "BÜRO-PC"), pair(petra, "device", "Pixel 9")
    to_phone, to_server = "From the mailbox to Pixel 9: ", "From the mailbox to the Act! server: "
    assert stretches(petra)["From Pixel 9 to the mailbox: not told yet"] == "unknown"
    server.deliver(put("first"))
    phone.collect()
    said(phone.post("/sessions", {"reason": "manual", "pending": 0}), 201)
    assert stretches(petra)[f"{to_phone}all collected"] == "clear"
    assert stretches(petra)["From Pixel 9 to the mailbox: all sent"] == "clear"
    phone.deliver(edit("first", 1))
    assert state_of(petra, f"{to_server}1 waits") == "moving"
    manage("age", petra.number, "--by", "4h")
    server.deliver(put("first", 2))
    assert state_of(petra, f"{to_phone}1 waits") == "stuck"
    manage("set_state", petra.number, "suspended")
    assert set(stretches(petra).values()) == {"halted"}
    assert "takes and hands out nothing" in petra.overview()


def test_what_was_sent_is_not_vouched_for_by_who_sleeps_or_fails(petra: Person) -> None:
    server, to_mailbox = pair(petra, "server", "BÜRO-PC"), "From the Act! server to the mailbox: "
    failed = {"result": "failed", "error": {"code": "source-missing"}}
    for end in ({"result": "ok"}, failed, failed):
        begun = said(server.post("/sessions", {"reason": "manual", "pending": 0}), 201)
        said(server.post(f"/sessions/{begun['session']}/finish", end))
        if end != failed:
            assert stretches(petra)[f"{to_mailbox}all sent"] == "clear"
    assert stretches(petra)[f"{to_mailbox}failed"] == "halted"
    begun = said(server.post("/sessions", {"reason": "manual", "pending": 0}), 201)
    said(server.post(f"/sessions/{begun['session']}/finish", {"result": "ok"}))
    manage("age", petra.number, "--by", "4h")
    assert stretches(petra)[f"{to_mailbox}silent · 4 h"] == "unknown"


def test_the_table_beside_the_drawing_says_the_same(petra: Person) -> None:
    server = pair(petra, "server", "BÜRO-PC")
    phone = pair(petra, "device", "Pixel 9")
    server.deliver(put("first"))
    phone.collect()
    markup = petra.overview()
    drawings = re.findall(r'<svg class="drawing drawing-[a-z]+"([^>]*)>', markup)
    assert len(drawings) == 2
    assert all('aria-hidden="true"' in drawing for drawing in drawings)
    page = text_of(markup)
    assert "Station State To the mailbox From the mailbox Act! server BÜRO-PC awake" in page
    assert re.search(r"Pixel 9 awake · \d\d:\d\d not told yet all collected", page)


@pytest.mark.parametrize("devices", [1, 6, 20])
def test_many_devices_stay_readable(petra: Person, devices: int) -> None:
    """The quiet ones of a crowd stand together; whoever waits or sleeps stands alone."""
    server = pair(petra, "server", "BÜRO-PC")
    server.deliver(put("first"))
    for nth in range(devices):
        phone = pair(petra, "device", f"Phone {nth}")
        phone.collect()
        if nth != 3:
            said(phone.post("/sessions", {"reason": "manual", "pending": 0}), 201)
    titles = " ".join(stretches(petra))
    assert titles.count("From the mailbox to ") - 1 == (2 if devices == 20 else devices)
    page = text_of(petra.overview())
    assert ("19 more devices" in page) == (devices == 20)
    assert ("19 devices are awake and have everything" in page) == (devices == 20)
    for nth in range(devices):
        assert page.count(f"Phone {nth} ") >= 2


def test_long_names_end_where_their_place_does(petra: Person) -> None:
    pair(petra, "device", "W" * 100)
    pair(petra, "device", "寿" * 100)
    drawn = re.findall(r'<text class="name"[^>]*>([^<]*)</text>', petra.overview())
    cut = [name for name in drawn if name.startswith(("W", "寿"))]
    assert len(cut) == 4
    assert all(name.endswith("…") and len(name) < 20 for name in cut)

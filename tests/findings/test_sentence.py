"""The sentence is true: it says that all has arrived only where nothing is under way anywhere."""

import pytest

from tests.findings.scene import Scene
from tests.office import Office, apply_all, edit, manage, put, said

ARRIVED = "Everything has arrived."


def test_everything_has_arrived(scene: Scene) -> None:
    assert scene.status()["sentence"] == ARRIVED
    assert scene.status("--language", "de")["sentence"] == "Alles ist angekommen."


def test_what_waits_for_a_phone_is_on_its_way(scene: Scene) -> None:
    scene.server.deliver(*(put(f"r{n}") for n in range(12)))
    assert scene.status()["sentence"] == "12 records are on their way to Pixel 9."
    german = scene.status("--language", "de")["sentence"]
    assert german == "12 Datensätze sind unterwegs zu Pixel 9."
    scene.phone.collect()
    assert scene.status()["sentence"] == ARRIVED


def test_the_other_devices_are_not_forgotten(scene: Scene) -> None:
    tablet = scene.office.device("iPad")
    tablet.collect()
    scene.change()
    sentence = "1 record is on its way to Pixel 9. 1 more device is collecting."
    assert scene.status()["sentence"] == sentence
    scene.phone.collect()
    assert scene.status()["sentence"] == "1 record is on its way to iPad."


def test_what_is_received_and_not_applied_has_not_arrived(scene: Scene) -> None:
    scene.push_unapplied()
    assert scene.status()["sentence"] == "1 record has reached us and is being sorted in."
    apply_all()
    assert scene.status()["sentence"] == "1 record is on its way to Pixel 9."


def test_an_edit_waits_for_the_office(scene: Scene) -> None:
    scene.phone.deliver(edit("first", 1), edit("second", None))
    assert scene.status()["sentence"] == "2 changes are on their way to your Act! server."
    scene.server.collect()
    assert scene.status()["sentence"] == ARRIVED


@pytest.mark.parametrize(
    ("role", "sentence"),
    [
        ("server", "3 records still lie in the office."),
        ("phone", "3 changes still lie on Pixel 9."),
    ],
)
def test_what_was_never_sent_has_not_arrived(scene: Scene, role: str, sentence: str) -> None:
    program = getattr(scene, role)
    begun = said(program.post("/sessions", {"reason": "manual", "pending": 3}), 201)
    assert scene.status()["sentence"] == sentence
    said(program.post(f"/sessions/{begun['session']}/finish", {"result": "ok", "pending": 0}))
    assert scene.status()["sentence"] == ARRIVED


def test_silence_is_measured(scene: Scene) -> None:
    scene.age("160m")
    sentence = "Your Act! server has been silent for 2 h 40 min; the PC is probably asleep."
    assert scene.status()["sentence"] == sentence


def test_an_account_without_programs_is_told_what_comes_next(db: None) -> None:
    words = ("create_account", "Neu", "--email", "new@example.com")
    number = manage(*words)["account"]
    first = manage("account_status", number)
    assert first["peers"] == []
    assert first["sentence"].startswith("Nothing is connected yet")


def test_a_server_alone_waits_for_a_device(db: None) -> None:
    office = Office()
    office.server.deliver(put("first"))
    sentence = manage("account_status", office.number)["sentence"]
    assert sentence == "Your Act! server is connected: now connect your first device."


def test_a_name_is_shown_on_one_line_without_tricks(scene: Scene) -> None:
    tricky = scene.office.device("\u202eevil\u202c\n<b>" + "x" * 80)
    scene.phone.collect()
    scene.server.deliver(put("new"))
    scene.phone.collect()
    sentence = scene.status()["sentence"]
    assert sentence.startswith("2 records are on their way to evil <b>xxx")
    assert not set(sentence) & {"\u202e", "\u202c", "\n"}
    assert len(sentence) < 90
    tricky.collect()
    assert scene.status()["sentence"] == ARRIVED

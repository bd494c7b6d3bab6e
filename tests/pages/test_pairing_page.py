"""A code's own address: it tells what became of the code, and never the code."""

import re

import pytest

from tests.office import manage, redeem, said
from tests.pages.person import Person, text_of

ADDRESS = re.compile(r'data-address="([^"]+)"')
CODE = re.compile(r'class="code">([0-9A-Z-]+)<')


def make(person: Person, role: str = "device") -> tuple[str, str]:
    """A code as the page shows it, and the address of its state."""
    markup = person.browser.post(person.at(f"connect/{role}/")).content.decode()
    return CODE.findall(markup)[0], ADDRESS.findall(markup)[0]


def test_the_code_is_drawn_and_stands_in_no_address(petra: Person) -> None:
    markup = petra.browser.post(petra.at("connect/device/")).content.decode()
    [code], [address] = CODE.findall(markup), ADDRESS.findall(markup)
    assert 'class="qr"' in markup
    assert code not in address
    assert not any(code in link for link in re.findall(r'(?:href|src|action)="([^"]*)"', markup))
    assert code not in petra.get(address).content.decode()


def test_it_turns_to_connected_with_the_programs_name(petra: Person) -> None:
    code, address = make(petra)
    assert "Waiting for the program" in text_of(petra.get(address).content.decode())
    said(redeem(code, "Pixel 9"), 201)
    page = text_of(petra.get(address).content.decode())
    assert "Pixel 9 is connected." in page
    assert "Waiting" not in page


def test_it_turns_to_expired(petra: Person) -> None:
    _, address = make(petra)
    manage("age", petra.number, "--by", "11m")
    assert "The code has expired" in text_of(petra.get(address).content.decode())


def test_the_state_alone_is_sent_again_only_when_it_changed(petra: Person) -> None:
    code, address = make(petra)
    first = petra.get(f"{address}?part=state")
    assert first.status_code == 200
    assert b"<html" not in first.content
    same = {"HTTP_IF_NONE_MATCH": first["ETag"]}
    assert petra.browser.get(f"{address}?part=state", **same).status_code == 304
    said(redeem(code), 201)
    changed = petra.browser.get(f"{address}?part=state", **same)
    assert changed.status_code == 200
    assert b'data-state="connected"' in changed.content


@pytest.mark.parametrize("path", ["connect/server/{}/", "connect/device/999999999999999999/"])
def test_a_code_is_known_under_its_own_role_and_number_alone(petra: Person, path: str) -> None:
    _, address = make(petra)
    number = address.rstrip("/").rsplit("/", 1)[1]
    assert petra.get(petra.at(path.format(number))).status_code == 404


def test_a_strangers_code_is_unknown(petra: Person, stranger: Person) -> None:
    _, address = make(petra)
    assert stranger.get(address).status_code == 404
    assert stranger.get(address.replace(petra.number, stranger.number)).status_code == 404


def test_a_phones_camera_is_led_to_a_sentence(petra: Person) -> None:
    answer = petra.get("/pair")
    assert "open the app on this device" in text_of(answer.content.decode())

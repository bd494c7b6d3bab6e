"""Where the Act! password is kept, and how it is asked for."""

from __future__ import annotations

import getpass
import io
import os
import stat
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends import fail, null
from keyring.errors import KeyringLocked

from clients.agent.act import password
from clients.agent.act.address import parse
from clients.agent.act.password import Kept
from clients.agent.act.refusals import SignInRefused
from clients.trouble import Exit, Trouble

ADDRESS = parse("https://act.example.com", plain_http=False)
SECRET = "Grüße: \\ \" '"
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


class Memory(KeyringBackend):
    """A keyring of the tests' own."""

    priority = 1.0

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}
        self.locked = False

    def get_password(self, service: str, username: str) -> str | None:
        if self.locked:
            raise KeyringLocked
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password


@pytest.fixture
def memory() -> Iterator[Memory]:
    before = keyring.get_keyring()
    memory = Memory()
    keyring.set_keyring(memory)
    yield memory
    keyring.set_keyring(before)


@pytest.fixture(params=["none", "off", "not installed"])
def no_keyring(
    request: pytest.FixtureRequest, memory: Memory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The machine of a service, one where keyrings are switched off, and one without the extra."""
    if request.param == "not installed":
        monkeypatch.setitem(sys.modules, "keyring", None)
    else:
        module = fail if request.param == "none" else null
        keyring.set_keyring(module.Keyring())


def kept(folder: Path, user: str = "Chris", database: str = "Demo") -> Kept:
    return Kept(folder, ADDRESS, database, user)


def test_the_keyring_has_it_and_no_file(tmp_path: Path, memory: Memory) -> None:
    assert kept(tmp_path).keep(SECRET) == "the system's keyring"
    assert kept(tmp_path).read() == SECRET
    assert list(tmp_path.iterdir()) == []
    assert memory.kept == {
        ("Handheld Mailbox: https://act.example.com/act.web.api Demo", "Chris"): SECRET
    }


def test_without_a_keyring_it_lies_in_a_file_for_the_owner_alone(
    tmp_path: Path, no_keyring: None
) -> None:
    where = kept(tmp_path).keep(SECRET)
    (file,) = tmp_path.iterdir()
    assert str(file) in where
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert kept(tmp_path).read() == SECRET
    kept(tmp_path).keep("")
    assert kept(tmp_path).read() == ""


def test_a_file_that_others_can_read_is_not_used(tmp_path: Path, no_keyring: None) -> None:
    kept(tmp_path).keep(SECRET)
    (file,) = tmp_path.iterdir()
    os.chmod(file, 0o640)  # noqa: PTH101
    with pytest.raises(Trouble, match="chmod 600"):
        kept(tmp_path).read()


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b"\xff"])
def test_a_damaged_file_is_no_password(tmp_path: Path, no_keyring: None, content: bytes) -> None:
    kept(tmp_path).keep(SECRET)
    (file,) = tmp_path.iterdir()
    file.write_bytes(content)
    with pytest.raises(Trouble, match="connect"):
        kept(tmp_path).read()


def test_it_is_given_to_no_other_server_user_or_database(tmp_path: Path, no_keyring: None) -> None:
    kept(tmp_path).keep(SECRET)
    other = parse("https://evil.example.com", plain_http=False)
    for asked in (
        Kept(tmp_path, other, "Demo", "Chris"),
        kept(tmp_path, user="Other"),
        kept(tmp_path, database="Other"),
    ):
        with pytest.raises(Trouble, match="connect") as caught:
            asked.read()
        assert SECRET not in str(caught.value)


def test_a_locked_keyring_says_so(tmp_path: Path, memory: Memory) -> None:
    kept(tmp_path).keep(SECRET)
    memory.locked = True
    with pytest.raises(Trouble, match="unlock"):
        kept(tmp_path).read()
    # What cannot be read back is kept where it can be.
    assert "readable by you alone" in kept(tmp_path).keep(SECRET)
    assert kept(tmp_path).read() == SECRET


def test_a_refused_password_rests_for_a_day(tmp_path: Path, memory: Memory) -> None:
    kept(tmp_path).keep(SECRET)
    kept(tmp_path).refused(now=NOON)
    for later in (timedelta(minutes=30), timedelta(hours=23)):
        with pytest.raises(SignInRefused, match="2026-03-01 at 12:00") as caught:
            kept(tmp_path).read(now=NOON + later)
        assert caught.value.code == "crm-sign-in-refused"
    assert kept(tmp_path).read(now=NOON + timedelta(hours=25)) == SECRET
    # A clock that stood in the future must not lock the agent out.
    assert kept(tmp_path).read(now=NOON - timedelta(days=9)) == SECRET
    kept(tmp_path).keep("new")
    assert kept(tmp_path).read(now=NOON) == "new"


def test_it_is_typed_without_echo(monkeypatch: pytest.MonkeyPatch) -> None:
    prompts: list[str] = []

    def typed(prompt: str) -> str:
        prompts.append(prompt)
        return "x"

    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    monkeypatch.setattr(getpass, "getpass", typed)
    assert password.ask("Chris", "Demo") == "x"
    assert prompts == ["Password of Chris for the Act! database Demo: "]


@pytest.mark.parametrize(("typed", "read"), [(f"{SECRET}\r\nmore\n", SECRET), ("\n", "")])
def test_from_a_pipe_it_is_the_first_line(
    monkeypatch: pytest.MonkeyPatch, typed: str, read: str
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(typed))
    assert password.ask("Chris", "Demo") == read


def test_no_password_typed_is_a_matter_of_usage(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(""))
    with pytest.raises(Trouble) as caught:
        password.ask("Chris", "Demo")
    assert caught.value.exit_code == Exit.USAGE

"""The Act! password: asked for on the terminal, kept in the system's keyring or in a file of 0600.

It stands nowhere else: in no argument, setting, log, exception or state.
"""

from __future__ import annotations

import getpass
import json
import os
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType

from clients import files, rawjson
from clients.agent.act.address import Address
from clients.agent.act.refusals import SignInRefused
from clients.trouble import Exit, Trouble

_FILE = "act-password.json"
_REFUSED = "act-password-refused"
_OTHERS = 0o077
REST = timedelta(days=1)
"""How long a refused password is not tried again: seldom enough to lock no user out."""


def ask(user: str, database: str) -> str:
    """The password, typed without echo; from a pipe its first line. Trouble (usage) without any.

    It may be empty: Act! allows that.
    """
    if sys.stdin.isatty():
        return getpass.getpass(f"Password of {user} for the Act! database {database}: ")
    line = sys.stdin.readline()
    if not line:
        raise Trouble(
            "No password was typed: run connect in a terminal, or write the password to its input.",
            exit_code=Exit.USAGE,
        )
    return line.rstrip("\r\n")


def lies_in_file(data_dir: Path) -> bool:
    """Whether a password is kept in the data folder, where a service can read it."""
    return (data_dir / _FILE).exists()


class Kept:
    """Where the password of one user of one database is kept, for one data folder."""

    def __init__(self, data_dir: Path, address: Address, database: str, user: str) -> None:
        self._file = data_dir / _FILE
        self._mark = data_dir / _REFUSED
        self._user = user
        # All that the password opens: it must never be sent to another server.
        self._service = f"Handheld Mailbox: {address.base} {database}"

    def keep(self, password: str, *, keyring: bool = True) -> str:
        """Keep it, in place of any other; the words for where it is. It may be tried at once.

        Without `keyring` it lies in the file in any case: a service can open no keyring.
        """
        self._file.unlink(missing_ok=True)
        in_keyring = keyring and self._to_keyring(password)
        if not in_keyring:
            kept = {"service": self._service, "user": self._user, "password": password}
            files.replace(self._file, rawjson.dump(kept).encode(), mode=0o600)
        self._mark.unlink(missing_ok=True)
        return "the system's keyring" if in_keyring else f"{self._file}, readable by you alone"

    def read(self, *, now: datetime | None = None) -> str:
        """The password kept. Trouble where there is none, and while one was refused lately."""
        self._look_at_mark(now or datetime.now(UTC))
        password = self._from_file() if self._file.exists() else self._from_keyring()
        if password is None:
            raise Trouble(
                f"No password of {self._user} is kept here: run connect as the account of this "
                "machine that runs the agent, and enter it.",
                code=SignInRefused.code_of,
            )
        return password

    def refused(self, *, now: datetime | None = None) -> None:
        """Remember that Act! refused it: no run tries it again before REST is over."""
        moment = (now or datetime.now(UTC)).isoformat(timespec="seconds")
        files.replace(self._mark, moment.encode())

    def _look_at_mark(self, now: datetime) -> None:
        try:
            refused_at = datetime.fromisoformat(self._mark.read_text(encoding="ascii"))
        except (FileNotFoundError, ValueError):
            return
        # A mark of the future is one of a clock that was wrong.
        if timedelta(0) <= now - refused_at < REST:
            raise SignInRefused(
                f"Act! refused the password of {self._user} on {refused_at:%Y-%m-%d at %H:%M} UTC, "
                "and it is not tried again for a day, so that nobody is locked out: check the user "
                "and the database, and enter the password anew with connect."
            )

    def _from_file(self) -> str | None:
        if os.name != "nt" and self._file.stat().st_mode & _OTHERS:
            raise Trouble(
                f"Others may read the file of the Act! password: run chmod 600 {self._file}.",
                code="act-password-exposed",
            )
        try:
            kept = json.loads(self._file.read_bytes())
            mine = (kept["service"], kept["user"]) == (self._service, self._user)
            return str(kept["password"]) if mine else None
        except (ValueError, KeyError, TypeError):
            return None

    def _from_keyring(self) -> str | None:
        keyring = _keyring()
        if keyring is None:
            return None
        try:
            found: str | None = keyring.get_password(self._service, self._user)
        except keyring.errors.NoKeyringError:
            return None
        except keyring.errors.KeyringError as error:
            raise Trouble(
                f"The system's keyring does not give the Act! password ({type(error).__name__}): "
                "unlock it for the account that runs the agent.",
                code="act-keyring-locked",
            ) from error
        return found

    def _to_keyring(self, password: str) -> bool:
        """Whether a keyring took it. One that is switched off takes everything and keeps nothing.

        On a machine without a desktop none is there (NoKeyringError).
        """
        keyring = _keyring()
        if keyring is None:
            return False
        try:
            keyring.set_password(self._service, self._user, password)
            return bool(keyring.get_password(self._service, self._user) == password)
        except keyring.errors.KeyringError:
            return False


def _keyring() -> ModuleType | None:
    """The library, which is installed with the extra `keyring` alone."""
    try:
        import keyring
        import keyring.errors
    except ImportError:
        return None
    return keyring

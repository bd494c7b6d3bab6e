"""Trouble in words: every error that a person can meet, as one sentence with its remedy."""

from __future__ import annotations

import errno
import sqlite3
from enum import IntEnum

from clients.problems import NotAMailbox, Problem, Unreachable, WireError


class Exit(IntEnum):
    """The programs' exit codes."""

    OK = 0
    FAILED = 1
    USAGE = 2
    NOT_PAIRED = 3
    ACCOUNT_INACTIVE = 4
    UNREACHABLE = 5
    BUSY = 6


EXIT_CODES = """exit codes:
  0  done
  1  failed; the sentence on stderr says why
  2  the command line is wrong
  3  not paired, or the pairing was refused or has ended
  4  the account is not active
  5  the mailbox cannot be reached
  6  another run is using the data folder
"""


class Trouble(Exception):
    """A failure told to a person.

    `code` is the error code that a session reports to the mailbox; `retry_after` (seconds) is set
    where the mailbox asked for a pause. `passes_by_itself`: nobody has to act, so a program that
    runs on comes again before its next turn.
    """

    passes_by_itself = False

    def __init__(
        self,
        sentence: str,
        *,
        code: str = "failed",
        exit_code: Exit = Exit.FAILED,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.code = code
        self.exit_code = exit_code
        self.retry_after = retry_after

    @property
    def is_final(self) -> bool:
        """No later try can help: a person must act, or there is nothing left to do."""
        return self.exit_code in (Exit.OK, Exit.NOT_PAIRED, Exit.USAGE)


_SENTENCES: dict[str, tuple[Exit, str]] = {
    "token-invalid": (
        Exit.NOT_PAIRED,
        "This pairing has ended (revoked, replaced or unpaired): "
        "make a new code in the portal and pair again.",
    ),
    "device-cloned": (
        Exit.NOT_PAIRED,
        "This folder was copied or moved, and another install may use the same pairing: "
        "make a new code in the portal and pair this one on its own.",
    ),
    "peer-erased": (
        Exit.NOT_PAIRED,
        "The office asked to erase this device: sync it once to do so, then pair it again.",
    ),
    "role-not-allowed": (Exit.NOT_PAIRED, "This pairing is for the other kind of program."),
    "account-inactive": (
        Exit.ACCOUNT_INACTIVE,
        "The account is suspended or expired, so nothing is being collected: "
        "ask whoever runs your account; what waits stays safe.",
    ),
    "pairing-code-unknown": (
        Exit.NOT_PAIRED,
        "The code is wrong, used or older than 10 minutes: make a new one in the portal.",
    ),
    "slow-down": (Exit.FAILED, "The mailbox asks for a pause: try again in a few minutes."),
    "maintenance": (Exit.UNREACHABLE, "The mailbox is being looked after: try again shortly."),
    "mailbox-full": (
        Exit.FAILED,
        "The mailbox is full: nothing more is taken until the hotline has made room.",
    ),
    "idempotency-key-reused": (
        Exit.FAILED,
        "ALERT: the mailbox knows this batch with another content; it stays here. "
        "Tell the hotline: this is a fault of the program.",
    ),
}


def explain(error: WireError) -> Trouble:
    """What `error` means to the person at the keyboard."""
    if isinstance(error, Problem):
        exit_code, sentence = _SENTENCES.get(
            error.code,
            (
                Exit.FAILED,
                f"The mailbox refused this ({error.code}: {error.detail.rstrip('.')}); "
                f"request {error.request_id or 'unknown'}.",
            ),
        )
        return Trouble(
            sentence, code=error.code, exit_code=exit_code, retry_after=error.retry_after
        )
    if isinstance(error, NotAMailbox):
        return Trouble(str(error), code="not-a-mailbox", exit_code=Exit.UNREACHABLE)
    if isinstance(error, Unreachable):
        return Trouble(str(error), code="unreachable", exit_code=Exit.UNREACHABLE)
    return Trouble(str(error))


_FULL = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_SHMSIZE)


class _OfFolder(Trouble):
    passes_by_itself = True


def of_folder(error: OSError | sqlite3.Error) -> Trouble:
    """What it means that this program cannot keep its own data."""
    if is_full(error):
        return _OfFolder(
            "The disk is full: make room; nothing is lost, and the next sync goes on by itself.",
            code="disk-full",
        )
    return _OfFolder(f"The data folder cannot be used: {error}.", code="local-error")


def is_full(error: Exception) -> bool:
    """Whether there is no room left on the disk."""
    if isinstance(error, sqlite3.Error):
        return getattr(error, "sqlite_errorcode", None) in _FULL
    return isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)

"""What can go wrong between a client and its mailbox, as exceptions."""

from __future__ import annotations


class WireError(Exception):
    """A request did not end as the contract's success; `str()` is one sentence."""


class Unreachable(WireError):
    """No answer came: no network, no such host, a refused connection, a time-out."""


class NotAMailbox(WireError):
    """Something answered that does not speak the contract."""


class Problem(WireError):
    """The mailbox answered with a problem document (RFC 9457).

    `retry_after` is in seconds and None where the mailbox named no time; `snapshot` is the id of
    the one that stands in the way.
    """

    def __init__(
        self,
        *,
        status: int,
        code: str,
        detail: str,
        retry_after: float | None,
        request_id: str,
        snapshot: str | None = None,
    ) -> None:
        super().__init__(f"{code} ({status}): {detail}")
        self.status = status
        self.code = code
        self.detail = detail
        self.retry_after = retry_after
        self.request_id = request_id
        self.snapshot = snapshot

    @property
    def marks_reader(self) -> bool:
        """The reader lost something: only a resync goes on from here."""
        return self.status == 410

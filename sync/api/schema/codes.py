"""Every problem code: its status, and what a client does about it."""

from typing import NamedTuple


class Code(NamedTuple):
    """A problem code's status and remedy."""

    status: int
    remedy: str


CODES = {
    "invalid-json": Code(400, "Mend the body: it is no JSON text in UTF-8, or was cut short."),
    "invalid-request": Code(400, "Mend the request: `detail` names the member that is wrong."),
    "idempotency-key-missing": Code(400, "Send 1 to 128 visible ASCII characters as the key."),
    "cursor-invalid": Code(400, "Drop the cursor and ask without `after`."),
    "token-invalid": Code(401, "Pair again: the token is missing, unknown or revoked."),
    "account-inactive": Code(403, "Tell the user; keep what is unsent and keep polling."),
    "role-not-allowed": Code(403, "Do not ask this: it is for peers of the other role."),
    "peer-erased": Code(403, "Erase the records, then say that it is done."),
    "not-found": Code(404, "Forget this id."),
    "pairing-code-unknown": Code(404, "Ask for a new code: wrong, used or too old."),
    "method-not-allowed": Code(405, "Use a method that the `Allow` header names."),
    "in-progress": Code(409, "Wait `retry_after` seconds, then repeat with the same key."),
    "device-cloned": Code(409, "Pair this install with a code of its own."),
    "snapshot-open": Code(
        409, "Go on with the one that `snapshot` names, if it is yours, or wait."
    ),
    "snapshot-incomplete": Code(
        409, "Wait `retry_after` seconds, then commit again; count what was accepted."
    ),
    "snapshot-closed": Code(409, "Open another snapshot, unless this one was committed."),
    "epoch-changed": Code(410, "Ask for a resync."),
    "cursor-expired": Code(410, "Ask for a resync."),
    "cursor-ahead": Code(410, "Ask for a resync."),
    "batch-too-large": Code(413, "Send it in halves, each with a key of its own."),
    "encoding-unsupported": Code(415, "Encode the body as identity, gzip or zstd."),
    "media-type-unsupported": Code(415, "Send `Content-Type: application/json`."),
    "idempotency-key-reused": Code(422, "Stop and alert: two bodies were given one key."),
    "slow-down": Code(429, "Wait `retry_after` seconds."),
    "maintenance": Code(503, "Wait `retry_after` seconds, then repeat."),
    "mailbox-full": Code(507, "Stop sending all but deletes; the owner is told."),
}

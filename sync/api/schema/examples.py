"""What requests and answers look like, for the operations' table."""

from typing import Any

from sync.api import limits

PEER = "0b0b6b0e-3c55-4d3c-8f0a-5a1f4d1c7a10"
INSTALL = "5f2d8c1e-92a4-4b1e-9a3c-2f6f0f8f6d11"
SESSION = "b7b1b1a2-1c1d-4f6e-8f55-0d4a3c6e2f01"
BATCH = "3f9a7c54-7f3e-4b53-9b2e-6a1de2a4c901"
COMMAND = "d1a3c0f7-5a70-4d0e-9a57-7be3a1f0c2aa"
SNAPSHOT = "c2f7d8a4-0d8e-4f0b-9a38-5b8f5b1f7e60"
CURSOR = "AbV4-cursor_09"
AT = "2026-03-02T08:15:30Z"

LIMITS: dict[str, int] = {
    "batch_changes": limits.BATCH_CHANGES,
    "device_batch_changes": limits.DEVICE_BATCH_CHANGES,
    "batch_bytes": limits.BATCH_BYTES,
    "data_bytes": limits.DATA_BYTES,
    "page_changes": limits.PAGE_CHANGES,
    "page_bytes": limits.PAGE_BYTES,
    "wait_seconds": limits.WAIT_SECONDS,
    "nesting": limits.NESTING,
    "requests_per_minute": 600,
    "requests_burst": 100,
}

PAIRING = {
    "code": "7KQ2-M9XF",
    "name": "Pixel 9",
    "platform": "android",
    "client_version": "1.0.0",
    "install_id": INSTALL,
}
PAIRED = {
    "peer": PEER,
    "role": "device",
    "token": "hhd_Jr0x3nU1fYw7V2pQm8sT5kLb9cZdE4gHaN6iR0oXyAu",
    "account": {"name": "Example Ltd", "number": "10000042", "state": "active"},
    "limits": LIMITS,
}

# From RFC 8291, so that the keys are real.
PUSH_SUBSCRIPTION = {
    "endpoint": "https://push.example.net/push/JzLQ3raZJfFBR0aqvOMsLrt54w4rJUsV",
    "keys": {
        "p256dh": "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6"
        "SRpkNtoIAiw4",
        "auth": "BTBZMqHH6r4Tts7J_aSIgg",
    },
}
PUSH_KEY = {
    "key": "BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8"
}

MAILBOX: dict[str, Any] = {
    "waiting": {"total": 12, "oldest": AT, "since": AT, "by_kind": {"contact": 9, "note": 3}},
    "account": {"state": "active"},
    "commands": [{"id": COMMAND, "do": "sync-now"}],
    "poll_after": 900,
    "time": AT,
    "server": {"state": "awake", "last_sync": AT, "pending": 0},
}
STARTED = {"session": SESSION, **MAILBOX}
START = {
    "reason": "scheduled",
    "client_version": "1.0.0",
    "now": AT,
    "next_contact_in": 900,
    "pending": 1,
    "slept": [{"from": "2026-03-01T22:00:00Z", "until": "2026-03-02T06:30:00Z"}],
}
FINISH = {"result": "ok", "counts": {"sent": 1, "received": 12}, "pending": 0}
FINISHED = {"session": SESSION, "result": "ok"}

DATA = {"fullName": "Maria Anders", "phone": "+49 30 0074321"}
SENT = {
    "checkpoint": "2026-03-02T08:15:00",
    "changes": [
        {"kind": "contact", "id": "9a1f", "op": "put", "version": 90231, "data": DATA},
        {"kind": "note", "id": "77c0", "op": "delete", "version": 90232},
    ],
}
RECEIVED = {
    "batch": BATCH,
    "state": "received",
    "accepted": 1,
    "rejected": [{"index": 1, "code": "change-invalid", "detail": "A delete has no `data`."}],
}
BATCH_STATE = {
    "batch": BATCH,
    "state": "applied",
    "accepted": 1,
    "applied": 1,
    "stale": 0,
    "rejected": [],
    "outcomes": [
        {"index": 0, "ref": "edit-7", "state": "applied", "id": "9a1f", "version": 90240,
         "detail": ""}
    ],
}  # fmt: skip

PAGE = {
    "changes": [{"kind": "contact", "id": "9a1f", "op": "put", "version": 90231, "data": DATA}],
    "cursor": CURSOR,
    "complete": True,
    "full": True,
    "waiting": 12,
}
ACK = {
    "cursor": CURSOR,
    "outcomes": [
        {"batch": BATCH, "index": 0, "state": "applied", "id": "9a1f", "version": 90240}
    ],
}  # fmt: skip
ACKNOWLEDGED = {"waiting": 0, "rejected": []}
RESYNCED = {"from": "mailbox", "waiting": 950}
OPENING = {"version": 90300, "kinds": ["contact", "note"]}
OPENED = {"snapshot": SNAPSHOT, "expires": "2026-03-03T08:15:30Z"}
SNAPSHOT_STATE = {**OPENED, **OPENING, "state": "open", "accepted": 498}
COMMIT = {"changes": 950}
COMMITTED = {"state": "applying"}
DONE = {"result": "failed", "detail": "The disk is full."}

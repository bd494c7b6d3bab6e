"""A body that is on its way while its sender ends: whoever ended is refused after it."""

import json
import socket
import time
import uuid
from urllib.parse import urlsplit

import httpx

from tests.stack import Stack


def pair(stack: Stack, account: str, role: str) -> str:
    code = stack.manage("pair", account, "--role", role)["code"]
    body = {"code": code, "name": role, "install_id": str(uuid.uuid4())}
    token: str = httpx.post(f"{stack.url}/api/v1/pairings", json=body).json()["token"]
    return token


def begin_push(stack: Stack, token: str, text: bytes) -> socket.socket:
    """Send all of a push but its last byte."""
    url = urlsplit(stack.url)
    wire = socket.create_connection((url.hostname, url.port), timeout=30)
    head = (
        f"POST /api/v1/batches HTTP/1.1\r\nHost: {url.netloc}\r\nAuthorization: Bearer {token}\r\n"
        f"Idempotency-Key: {uuid.uuid4()}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(text)}\r\nConnection: close\r\n\r\n"
    )
    wire.sendall(head.encode() + text[:-1])
    return wire


def end_push(wire: socket.socket, text: bytes) -> int:
    with wire:
        wire.sendall(text[-1:])
        return int(wire.recv(65_536).split(b" ", 2)[1])


def test_who_ended_or_was_suspended_meanwhile_is_refused(stack: Stack) -> None:
    account = stack.manage("create_account", "Late", "--email", f"{uuid.uuid4().hex}@example.com")
    number = account["account"]
    change = {"kind": "note", "id": "a", "op": "put", "version": 100, "data": {}}
    text = json.dumps({"changes": [change]}).encode()
    server, phone = pair(stack, number, "server"), pair(stack, number, "device")
    late = [begin_push(stack, server, text), begin_push(stack, phone, text)]
    time.sleep(0.5)  # long enough to be let in
    successor = pair(stack, number, "server")
    stack.manage("set_state", number, "suspended")
    assert end_push(late[0], text) == 401
    assert end_push(late[1], text) == 403
    told = httpx.get(
        f"{stack.url}/api/v1/mailbox", headers={"Authorization": f"Bearer {successor}"}
    ).json()
    assert told["highest_version"] == 0

"""Many at once: polls, senders that fall silent, and bodies made to take memory."""

import json
import threading
import time
import uuid
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.hostile.bombs import gzip_bomb, zstd_bomb
from tests.hostile.caller import Caller, Said, heard
from tests.stack import Stack

MIB = 1_048_576
AT_MOST = 50 * MIB
GOOD = b'{"changes":[{"kind":"contact","id":"a","op":"put","version":1,"data":{}}]}'


def at_once(count: int, act: Callable[[], Said]) -> list[Said]:
    """`count` threads that begin together; what each was told."""
    told: list[Said] = []
    gate = threading.Barrier(count)

    def one() -> None:
        gate.wait()
        told.append(act())

    threads = [threading.Thread(target=one) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return told


def poll(caller: Caller) -> Said:
    return caller.send(caller.head("/mailbox", method="GET"))


def test_200_polls_at_once(sender: Caller) -> None:
    told = at_once(200, lambda: poll(sender))
    assert [said.status for said in told] == [200] * 200


def test_50_half_sent_bodies_hang_nobody(sender: Caller) -> None:
    """Half of them end at last; the others go without a word."""
    head = sender.head("/batches", "Content-Type: application/json", "Content-Length: 100000")
    lines = [sender.connect() for _ in range(50)]
    try:
        for line in lines:
            line.sendall(head + GOOD)
        told = at_once(50, lambda: poll(sender))
        assert [said.status for said in told] == [200] * 50
        assert sender.post("/batches", GOOD).status == 202
        for line in lines[:25]:
            line.sendall(b" " * (100_000 - len(GOOD)))
            assert heard(line).status in (202, 400)
    finally:
        for line in lines:
            line.close()
    assert poll(sender).status == 200


def test_large_half_sent_bodies_keep_no_large_one_waiting(sender: Caller) -> None:
    """Each process holds one large body at a time, but waits for no sender who dawdles."""
    head = sender.head("/batches", "Content-Type: application/json", "Content-Length: 4000000")
    body = letters("a")
    lines = [sender.connect() for _ in range(6)]
    try:
        for line in lines:
            line.sendall(head + b" " * 1_000_000)
        told = at_once(4, lambda: sender.post("/batches", body))
        assert {said.status for said in told} == {202}
    finally:
        for line in lines:
            line.close()


def test_200_half_sent_pairings_hang_nobody(sender: Caller) -> None:
    """Of strangers: more than the web server has threads."""
    head = sender.head("/pairings", "Content-Type: application/json", "Content-Length: 100")
    lines = [sender.connect() for _ in range(200)]
    try:
        for line in lines:
            line.sendall(head + b"{")
        time.sleep(1)
        assert poll(sender).status == 200
    finally:
        for line in lines:
            line.close()


def family(pid: int) -> list[int]:
    """A process and all below it."""
    found = [pid]
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text().split():
            found += family(int(child))
    return found


def peak(pids: list[int]) -> int:
    """Bytes that these processes held at their peaks, of their own.

    Pages of files do not count: the kernel takes them from a program and gives them back, and a
    peak reached by that says nothing about a body.
    """
    return sum(held["VmHWM"] - held["RssFile"] for held in map(memory, pids))


def memory(pid: int) -> dict[str, int]:
    """What the kernel tells of a process's memory, in bytes."""
    lines = (line.split() for line in Path(f"/proc/{pid}/status").read_text().splitlines())
    return {words[0][:-1]: int(words[1]) * 1024 for words in lines if words[-1] == "kB"}


def forget_peaks(pids: list[int]) -> None:
    for pid in pids:
        Path(f"/proc/{pid}/clear_refs").write_text("5")


LEVELS = b'{"changes":[{"data":' + b"[" * 100_000 + b"]" * 100_000 + b"}]}"
SURROGATE = b'{"changes":[{"data":{"a":"\\ud800%s"}}]}' % (b"a" * 200_000)
EMOJI = '{"changes":[{"data":"\N{POSTBOX}%s"}]}'.encode() % (b"a" * 4_190_000)
LETTERS = 16


def letters(sign: str) -> bytes:
    """As many as a body holds, each as large as may be, all of them good."""
    data = sign + "a" * (261_000 - len(sign.encode()))
    changes = (
        f'{{"kind":"contact","id":"{n}","op":"put","version":2,"data":"{data}"}}'
        for n in range(LETTERS)
    )
    return f'{{"changes":[{",".join(changes)}]}}'.encode()


def outcomes(count: int, detail: str) -> bytes:
    one = {"batch": str(uuid.UUID(int=7)), "index": 0, "state": "applied", "detail": detail}
    return json.dumps({"outcomes": [one] * count}, ensure_ascii=False).encode()


BODIES: dict[str, tuple[bytes | Callable[[], bytes], tuple[str, ...], int]] = {
    "4 MiB of letters": (lambda: letters("a"), (), 202),
    "4 MiB of letters beyond the basic plane": (lambda: letters("\N{POSTBOX}"), (), 202),
    "4 MiB of tiny changes": (b'{"changes":[' + b"{}," * 1_398_000 + b"{}]}", (), 413),
    "4 MiB of numbers": (b'{"changes":[' + b"0," * 2_097_000 + b"0]}", (), 413),
    "4 MiB of one open string": (b'{"changes":["' + b"a" * 4_190_000, (), 400),
    "4 MiB beyond the basic plane": (EMOJI, (), 202),
    "100,000 levels": (LEVELS, (), 202),
    "a lone surrogate": (SURROGATE, (), 202),
    "a gzip bomb": (gzip_bomb, ("Content-Encoding: gzip",), 413),
    "a zstd bomb": (zstd_bomb, ("Content-Encoding: zstd",), 413),
}


ACKS: dict[str, tuple[Callable[[], bytes], int]] = {
    "4 MiB of outcomes": (lambda: outcomes(35_000, ""), 413),
    "1 MiB of outcomes, as many as may be": (lambda: outcomes(5000, "x" * 100), 200),
    "4 MiB of details beyond the basic plane": (
        lambda: outcomes(4500, "\N{POSTBOX}" + "x" * 800), 200,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BODIES)
def test_ten_hostile_bodies_take_little_memory(stack: Stack, sender: Caller, name: str) -> None:
    made, headers, status = BODIES[name]
    body = made() if callable(made) else made
    take_little_memory(stack, sender, "/batches", body, headers, status)


@pytest.mark.parametrize("name", ACKS)
def test_ten_large_acknowledgements_take_little_memory(
    stack: Stack, sender: Caller, name: str
) -> None:
    made, status = ACKS[name]
    take_little_memory(stack, sender, "/acks", made(), (), status)


def take_little_memory(
    stack: Stack, sender: Caller, path: str, body: bytes, headers: tuple[str, ...], status: int
) -> None:
    at_once(40, lambda: sender.post("/batches", GOOD))  # every thread has worked before
    pids = family(stack.pids()["web"])
    assert len(pids) > 2
    forget_peaks(pids)
    before = peak(pids)
    told = at_once(10, lambda: sender.post(path, body, *headers))
    assert {said.status for said in told} == {status}
    assert peak(pids) - before <= AT_MOST
    assert family(stack.pids()["web"]) == pids  # nobody died of it

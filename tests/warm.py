"""The clients' commands and made-up offices, each in a process of its own, without a new
interpreter for each.

`python -m tests.warm` has read the programs already and forks for every command: what runs is the
program's own entry, with its own arguments, folder, environment, standard streams and exit code.
It saves what a thousand starts of Python would cost.
"""

import atexit
import gc
import json
import os
import runpy
import select
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import IO, Any, NamedTuple, NoReturn

import httpx

from hhcportal.run.places import CHECKOUT

READ = (
    *("clients.agent.cli", "clients.device.cli"),
    *("tests.act.control", "tests.act.server", "uvicorn", "uvicorn.protocols.http.auto"),
)


class Ran(NamedTuple):
    """How a command ended: its exit code and what it said."""

    code: int
    out: str
    err: str

    @property
    def answer(self) -> dict[str, Any]:
        """The JSON object on the last line of stdout."""
        answer: dict[str, Any] = json.loads(self.out.strip().splitlines()[-1])
        return answer


class Running(NamedTuple):
    """A command while it runs: its process, and where it tells how it ends and what it says."""

    pid: int
    told: IO[str]
    out: IO[bytes]
    err: IO[bytes]

    def wait(self) -> Ran | None:
        """How it ended; None where it was killed."""
        code = self.told.read()
        self.out.seek(0)
        self.err.seek(0)
        return Ran(int(code), self.out.read().decode(), self.err.read().decode()) if code else None

    def first_line(self) -> str:
        """What it says first, which is waited for. Raises AssertionError where it ends before."""
        # Its place in the file is the program's as well, so nothing is moved here.
        while b"\n" not in (said := os.pread(self.out.fileno(), 65_536, 0)):
            assert self.lives(), os.pread(self.err.fileno(), 65_536, 0).decode()
            time.sleep(0.005)
        return said.partition(b"\n")[0].decode()

    def end(self, patience: float = 10.0) -> None:
        """Ask it to end, and SIGKILL it where it does not."""
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGTERM)
        deadline = time.monotonic() + patience
        while self.lives() and time.monotonic() < deadline:
            time.sleep(0.005)
        self.kill()

    def lives(self) -> bool:
        """Whether it has neither ended nor been killed."""
        with suppress(ProcessLookupError):
            os.kill(self.pid, 0)
            return True
        return False

    def kill(self) -> bool:
        """SIGKILL it; False where it had ended by itself before."""
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        return self.wait() is None


@contextmanager
def started(module: str, *words: str, typed: str = "") -> Iterator[Running]:
    """`python -m module WORDS…`, begun; `typed` comes on its stdin."""
    with (
        tempfile.TemporaryFile() as stdin,
        tempfile.TemporaryFile() as out,
        tempfile.TemporaryFile() as err,
        socket.socket(socket.AF_UNIX) as line,
    ):
        stdin.write(typed.encode())
        stdin.seek(0)
        line.connect(_oven().address)
        told = {"module": module, "words": words, "environment": dict(os.environ)}
        streams = [stdin.fileno(), out.fileno(), err.fileno()]
        # The first byte carries the streams; the length says where the rest ends.
        body = json.dumps(told).encode()
        socket.send_fds(line, [len(body).to_bytes(4)], streams)
        line.sendall(body)
        with line.makefile() as answer:
            yield Running(int(answer.readline()), answer, out, err)


def run(module: str, *words: str, typed: str = "") -> Ran:
    """The same to its end. Raises AssertionError where it was killed."""
    with started(module, *words, typed=typed) as running:
        ran = running.wait()
    assert ran, f"{module} {' '.join(words)} was killed"
    return ran


class _Oven:
    """The process that forks; gone with this one."""

    def __init__(self) -> None:
        folder = tempfile.mkdtemp(prefix="mailbox-warm-")
        self.address = str(Path(folder) / "line")
        # It ends when its stdin does, however this process ends.
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.warm", self.address], cwd=CHECKOUT, stdin=subprocess.PIPE
        )
        while not Path(self.address).exists():
            assert self._process.poll() is None
            time.sleep(0.01)
        atexit.register(self._close, folder)

    def _close(self, folder: str) -> None:
        self._process.communicate()
        shutil.rmtree(folder)


@cache
def _oven() -> _Oven:
    return _Oven()


def main(address: str) -> None:
    """Listen at `address` and fork for every command, until stdin ends."""
    for module in READ:
        import_module(module)
    # The usual authorities are read once as well: it takes longer than most commands.
    ssl.create_default_context = cache(ssl.create_default_context)  # type: ignore[assignment]
    httpx.Client().close()
    # The collector of a forked process leaves alone what is there by now: going through it would
    # copy every page.
    gc.collect()
    gc.freeze()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with socket.socket(socket.AF_UNIX) as door:
        # Whoever sees the address connects at once: it appears once somebody listens.
        door.bind(f"{address}.new")
        door.listen()
        Path(f"{address}.new").rename(address)
        while door in select.select([door, sys.stdin], [], [])[0]:
            line, _ = door.accept()
            with line:
                if not os.fork():
                    _become(line)


def _become(line: socket.socket) -> NoReturn:
    """In the new process: be the program, and tell how it ended."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    size, streams, _, _ = socket.recv_fds(line, 4, 3)
    told = json.loads(line.makefile("rb").read(int.from_bytes(size)))
    for place, stream in enumerate(streams):
        os.dup2(stream, place)
    os.environ.clear()
    os.environ.update(told["environment"])
    time.tzset()
    line.sendall(f"{os.getpid()}\n".encode())
    code = _run(told["module"], told["words"])
    with suppress(OSError):
        sys.stdout.flush()
    line.sendall(str(code).encode())
    os._exit(code)


def _run(module: str, words: list[str]) -> int:
    """Its exit code, as the interpreter would end with it."""
    sys.argv = [module, *words]
    try:
        runpy.run_module(module, run_name="__main__", alter_sys=True)
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:  # noqa: BLE001 - as the interpreter does with whatever gets so far
        traceback.print_exc()
        return 1
    return 0


if __name__ == "__main__":
    main(sys.argv[1])

"""Processes in sessions of their own, found again by a file each in `var/run`.

The file `<name>.pid` holds the process id, the moment it started, and the signal that asks it to
end: enough for the leash, or the next start, to end what a killed supervisor left behind.
"""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TypedDict

from hhcportal.run.places import CHECKOUT, Places

LEASH = "leash"
PROC = Path("/proc")  # Linux; elsewhere `ps` tells


@dataclass(frozen=True)
class User:
    """The plain user that a process drops to."""

    uid: int
    gid: int


@dataclass(frozen=True)
class Command:
    """What to start: `ends_on` asks it to end gently, `user` is whom it runs as."""

    name: str
    words: tuple[str, ...]
    environment: Mapping[str, str] | None = None
    ends_on: signal.Signals = signal.SIGTERM
    user: User | None = None
    folder: Path = CHECKOUT
    input: str | None = None
    keep_output: bool = False


class Child:
    """A started command. `began` is in monotonic seconds."""

    def __init__(self, command: Command, places: Places) -> None:
        self.command = command
        self.name = command.name
        self.began = time.monotonic()
        self._swept = False
        with (places.log / f"{command.name}.log").open("ab") as log:
            self._process = _open(command, log)
        self._file = note(places.run, command.name, self._process.pid, command.ends_on)
        if command.input is not None and self._process.stdin:
            self._process.stdin.write(command.input.encode())
            self._process.stdin.close()

    @property
    def code(self) -> int | None:
        """The exit code, or None while it runs."""
        return self._process.poll()

    def output(self) -> str:
        """What a finished command with `keep_output` printed."""
        return self._process.stdout.read().decode() if self._process.stdout else ""

    def ask(self) -> None:
        """Ask the main process alone: its own children end in its order, not at once."""
        if self.code is None:
            self._process.send_signal(self.command.ends_on)

    def sweep(self) -> None:
        """Kill what is left of the whole group, and forget it."""
        if self._swept:
            return  # its id may be another's by now
        kill_group(self._process.pid)
        self._process.wait()
        self._file.unlink(missing_ok=True)
        self._swept = True


def note(run: Path, name: str, pid: int, ends_on: signal.Signals) -> Path:
    """Write the file by which the process is found again."""
    file = run / f"{name}.pid"
    file.write_text(f"{pid} {started(pid)} {int(ends_on)}\n")
    return file


def stop(children: list[Child], patience: float) -> None:
    """Ask all to end, wait `patience` seconds for the slowest, then kill what is left."""
    for child in children:
        child.ask()
    wait_until(lambda: all(child.code is not None for child in children), patience)
    for child in children:
        child.sweep()


def stop_leftovers(run: Path, patience: float) -> list[str]:
    """End what the files in `run` name and what still runs; the names of what did.

    A process id alone proves nothing (ids are used again): the start must agree too.
    """
    files = {file.stem: file for file in sorted(run.glob("*.pid"))}
    left = {name: pid for name, file in files.items() if (pid := _ask_leftover(file))}
    wait_until(lambda: not any(started(pid) for pid in left.values()), patience)
    for pid in left.values():
        kill_group(pid)
    for file in files.values():
        file.unlink(missing_ok=True)
    return sorted(left)


def kill_group(pid: int) -> None:
    try:
        os.killpg(pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):  # macOS says the latter of a dead group
        return


class Dropped(TypedDict, total=False):
    user: int
    group: int
    extra_groups: list[int]


def dropped(user: User | None) -> Dropped:
    """The words with which subprocess drops from root to `user`; none for None."""
    return {"user": user.uid, "group": user.gid, "extra_groups": []} if user else {}


def started(pid: int) -> str:
    """When the process started, in one word that no other boot repeats; "" where none runs."""
    if PROC.is_dir():
        try:
            fields = (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            return ""
        return "" if fields[0] == "Z" else f"{_boot()}:{fields[19]}"
    shown = subprocess.run(["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True)
    return "-".join(shown.stdout.split())


def wait_until(done: Callable[[], bool], patience: float) -> bool:
    deadline = time.monotonic() + patience
    while not done():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def _open(command: Command, log: IO[bytes]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        command.words,
        env=command.environment,
        cwd=command.folder,
        stdin=subprocess.DEVNULL if command.input is None else subprocess.PIPE,
        stdout=subprocess.PIPE if command.keep_output else log,
        stderr=log,
        start_new_session=True,
        **dropped(command.user),
    )


def _ask_leftover(file: Path) -> int | None:
    words = file.read_text().split()
    if len(words) != 3:
        return None
    pid = int(words[0])
    if started(pid) != words[1]:
        # The head is gone; its group may still hold a port. As long as it does, its id is not
        # given to another process, but only within this boot.
        if not started(pid) and words[1].startswith(f"{_boot()}:"):
            kill_group(pid)
        return None
    if pid == os.getpid():
        return None
    # The old leash would end the new children too, should it read their files.
    os.kill(pid, signal.SIGKILL if file.stem == LEASH else signal.Signals(int(words[2])))
    return pid


def _boot() -> str:
    try:
        return (PROC / "sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return ""

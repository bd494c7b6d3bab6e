"""Starts one program of the demo: `python -m hhcportal.run.demo.play NAME ACCOUNT URL`.

The first time it makes the records and pairs with a real code. Then it becomes the client program
itself, or, for a device that naps, ends it for some minutes now and then.
"""

import json
import os
import random
import signal
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

from hhcportal.run.demo import records, table
from hhcportal.run.demo.folders import AGENT, FILES, PARTS, Part, folder, source
from hhcportal.run.places import CHECKOUT

SEED = 1847
AWAKE, ASLEEP = (540.0, 840.0), (240.0, 420.0)
NOT_PAIRED = 3
"""The clients' exit code for a pairing that is missing or has ended: only a person can help."""
_PATIENCE = 4.0


def main(name: str, account: str, url: str) -> int:
    """Never returns where the program runs on in our place; else its exit code."""
    part = PARTS[name]
    if part is AGENT:
        make_records(source())
    if not _is_paired(part, account) and (code := _pair(part, account, url)):
        return code
    words = _words(part, url)
    if not part.naps:
        os.execv(sys.executable, words)  # noqa: S606 - the same process, so the same supervisor
    return _nap_now_and_then(words)


def make_records(into: Path) -> None:
    """Make the office's files, all of them or none."""
    if into.exists():
        return
    draft = into.with_name("records.draft")
    draft.mkdir(parents=True, exist_ok=True)
    for stem, rows in records.make(SEED, date.today()).items():  # noqa: DTZ011 - the office's day
        table.write(draft / f"{stem}.csv", rows)
    draft.rename(into)


def _is_paired(part: Part, account: str) -> bool:
    """Whether it was paired with this account: with another database there may be a new one."""
    try:
        kept = json.loads((folder() / part.name / "pairing.json").read_text(encoding="utf-8"))
        return bool(kept["account_number"] == account)
    except (OSError, ValueError, KeyError):
        return False


def _pair(part: Part, account: str, url: str) -> int:
    """Pair as a person does; 0, or the exit code of what failed."""
    manage = (sys.executable, str(CHECKOUT / "manage.py"), "pair", account, "--role", part.role)
    made = subprocess.run([*manage, "--json"], capture_output=True, text=True)
    if made.returncode:
        print(made.stderr.strip(), flush=True)
        return NOT_PAIRED
    code = json.loads(made.stdout.strip().splitlines()[-1])["code"]
    words = ("pair", code, "--url", url, "--name", part.shown_as)
    return subprocess.run([*_client(part), *words]).returncode


def _client(part: Part) -> list[str]:
    return [sys.executable, "-m", part.module, "--data-dir", str(folder() / part.name)]


def _words(part: Part, url: str) -> list[str]:
    if not part.every:
        return [*_client(part), "watch", "--url", url]
    common = ["--every", part.every, "--url", url]
    if part is not AGENT:
        return [*_client(part), "sync", *common]
    kinds = [word for stem, kind in FILES.items() for word in ("--kind", f"{stem}={kind}")]
    return [
        *_client(part), "run", "--connector", "csv", "--source", str(source()), *kinds, *common
    ]  # fmt: skip


def _nap_now_and_then(words: list[str]) -> int:
    """Like a tablet in a drawer: off for some minutes, so that something waits for it."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    chance = random.SystemRandom()
    try:
        while True:
            device = subprocess.Popen(words)
            try:
                return device.wait(timeout=chance.uniform(*AWAKE))
            except subprocess.TimeoutExpired:
                print("Put into the drawer.", flush=True)
            finally:
                _end(device)
            time.sleep(chance.uniform(*ASLEEP))
    except KeyboardInterrupt:
        return 0


def _end(device: subprocess.Popen[bytes]) -> None:
    device.terminate()
    try:
        device.wait(timeout=_PATIENCE)
    except subprocess.TimeoutExpired:
        device.kill()
        device.wait()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

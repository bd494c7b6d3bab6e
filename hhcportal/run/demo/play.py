"""Starts a demo program: `python -m hhcportal.run.demo.play NAME ACCOUNT URL PORT PORT PORT`.

The first time it makes the records and pairs with a real code. Then it becomes the client program
itself. The ports are those of the push service, of the device that it wakes, and of Act!.
"""

import json
import os
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import NoReturn

from hhcportal.run.demo import act_server, push_service, records, table
from hhcportal.run.demo.folders import ACT, AGENT, FILES, PARTS, Part, connector, folder, source
from hhcportal.run.places import CHECKOUT

SEED = 1847
NOT_PAIRED = 3
"""The clients' exit code for a pairing that is missing or has ended: only a person can help."""


def main(name: str, account: str, url: str, push_port: str, device_port: str, act_port: str) -> int:
    """Never returns where the program runs on in our place; else its exit code."""
    part = PARTS[name]
    has_act = connector() == ACT
    if part is AGENT and not has_act:
        make_records(source())
    if not _is_paired(part, account) and (code := _pair(part, account, url)):
        return code
    if part is AGENT and has_act and (code := _connect(act_port)):
        return code
    words = _words(part, url)
    if part.sleeps:
        through = push_service.url(int(push_port), int(device_port))
        words += ["--wake", device_port, "--push-service", through]
    return _become(words)


def _become(words: list[str]) -> NoReturn:
    os.execv(sys.executable, words)  # noqa: S606 - the same process, so the same supervisor


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


def _connect(port: str) -> int:
    """Make the agent acquainted with this start's Act!, as a person does; 0, or the exit code."""
    told = act_server.wait_for(port)
    # The password is of no worth, and the keyring is that of whoever tries the demo.
    os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.null.Keyring"
    words = [f"--act-{name}={told[name]}" for name in ("url", "database", "user")]
    ran = subprocess.run(
        [*_client(AGENT), "connect", *words],
        input=f"{told['password']}\n",
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    if ran.returncode:
        print(ran.stderr.strip(), flush=True)
    return ran.returncode


def _client(part: Part) -> list[str]:
    return [sys.executable, "-m", part.module, "--data-dir", str(folder() / part.name)]


def _words(part: Part, url: str) -> list[str]:
    if not part.every:
        return [*_client(part), "watch", "--url", url]
    common = ["--every", part.every, "--url", url]
    if part is not AGENT:
        return [*_client(part), "sync", *common]
    # An earlier start may have had the other office.
    run = [*_client(part), "run", "--allow-mass-delete", "--connector", connector(), *common]
    if connector() == ACT:
        return run
    kinds = [word for stem, kind in FILES.items() for word in ("--kind", f"{stem}={kind}")]
    return [*run, "--source", str(source()), *kinds]


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

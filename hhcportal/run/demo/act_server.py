"""Starts the demo's Act!: `python -m hhcportal.run.demo.act_server PORT`.

It is the stand-in of the Act! Web API with an office of made-up people, a program of its own. Who
it lets in, it says on its first line, which lands in a file that only this user can read.
"""

import json
import os
import sys
import time
from http.client import HTTPConnection
from pathlib import Path
from typing import Any, NoReturn

from hhcportal.run.demo.folders import folder

CONTACTS = 1000
HOST = "127.0.0.1"
# A machine that is busy with a first start takes its time.
_PATIENCE = 60.0


def main(port: str) -> NoReturn:
    folder().mkdir(parents=True, exist_ok=True)
    words = ("--port", port, "--contacts", str(CONTACTS), "--state", str(folder() / "act.sqlite3"))
    told = os.open(_told(), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    os.dup2(told, sys.stdout.fileno())
    os.execv(sys.executable, [sys.executable, "-m", "tests.act", *words])  # noqa: S606 - ours


def wait_for(port: str) -> dict[str, str]:
    """`url`, `database`, `user` and `password`, once it takes requests there. TimeoutError."""
    ends = time.monotonic() + _PATIENCE
    while time.monotonic() < ends:
        try:
            told: dict[str, str] = json.loads(_told().read_text(encoding="utf-8"))
            # What an earlier start left behind tells another port.
            if f":{port}/" in told["url"]:
                return told
        except (OSError, ValueError):
            pass
        time.sleep(0.2)
    raise TimeoutError("the Act! server does not come up")


def do(port: str, name: str, **arguments: Any) -> dict[str, Any]:
    """Have something done in its office. Raises OSError where it cannot be reached."""
    line = HTTPConnection(HOST, int(port), timeout=30)
    try:
        line.request("POST", f"/_control/{name}", json.dumps(arguments))
        answer = line.getresponse()
        said: dict[str, Any] = json.loads(answer.read())
    finally:
        line.close()
    if answer.status != 200:
        raise ValueError(said.get("message"))
    return said


def _told() -> Path:
    return folder() / "act.json"


if __name__ == "__main__":
    main(sys.argv[1])

"""The owner of the demo's phone, who works there through the device's own command line."""

import json
import random
import subprocess
import sys
from datetime import date
from typing import Any

from hhcportal.run.demo import german
from hhcportal.run.demo.act_server import CONTACTS
from hhcportal.run.demo.folders import PHONE, folder
from hhcportal.run.demo.records import Writer

MOST_UNSENT = 10
# So many notes and histories an Act! of this size has at first, or fewer; some more may come.
_MOST = {"note": CONTACTS * 6 // 10, "history": CONTACTS * 12 // 10}

Record = dict[str, Any]


class Owner:
    """Edits what the Act! server's people and appointments are, as they stand on the phone."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._writer = Writer(chance, date.today())  # noqa: DTZ011 - the day where the phone is

    def work(self) -> str:
        """One edit; what became of it, or an empty text where nothing is there yet."""
        deeds = (self._number, self._number, self._note, self._done)
        return self._chance.choice(deeds)()

    def _number(self) -> str:
        contact = self._any("contact")
        if contact is None:
            return ""
        return use("edit", "contact", contact["id"], f"mobilePhone={self._writer.mobile()}")

    def _note(self) -> str:
        contact = self._any("contact")
        if contact is None or self._is_full("note"):
            return ""
        text = self._writer.text({"country": german.COUNTRY}, 1, 2)
        about = json.dumps([{"id": contact["id"]}])
        return use("new", "note", f"noteText={text}", f"contacts:={about}")

    def _done(self) -> str:
        today = self._writer.today()
        due = [
            one["id"]
            for one in _list("activity")
            if one["data"].get("activityTypeName") == "Call"
            and not one["data"].get("isCleared")
            and str(one["data"].get("startTime"))[:10] <= today
        ]
        return "" if not due or self._is_full("history") else use("clear", self._chance.choice(due))

    def _any(self, kind: str) -> Record | None:
        records = _list(kind)
        return self._chance.choice(records) if records else None

    def _is_full(self, kind: str) -> bool:
        counts: dict[str, int] = json.loads(run("status", "--json").stdout)["records"]
        return counts.get(kind, 0) >= _MOST[kind]


def use(*words: str) -> str:
    """One command on the phone, unless its edits pile up because it cannot send them."""
    status = run("status", "--json")
    if status.returncode or json.loads(status.stdout)["unsent"] >= MOST_UNSENT:
        return "phone: left alone"
    ran = run(*words)
    return f"phone: {(ran.stdout or ran.stderr).strip()}"


def run(*words: str) -> subprocess.CompletedProcess[str]:
    data_dir = str(folder() / PHONE.name)
    command = (sys.executable, "-m", PHONE.module, "--data-dir", data_dir, *words)
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8")


def _list(kind: str) -> list[Record]:
    """What the phone has of a kind; nothing before it is paired."""
    ran = run("list", kind, "--json")
    records: list[Record] = json.loads(ran.stdout)["records"] if ran.returncode == 0 else []
    return records

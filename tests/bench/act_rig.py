"""An agent between a made-up Act! office and the program, and a client that asks Act! alone."""

import json
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import quote, urlencode, urlsplit

from hhcportal.run.places import CHECKOUT
from hhcportal.run.temporary import temporary_folder
from tests.act.office import Caller, Office
from tests.bench.rig import Rig, Wire, threads

AT_ONCE = 2
"""Requests towards Act! that an agent has under way at most."""

_LOOK = 0.05
_SIGNED = ("Authorization", "Act-Database-Name")
_MARK = "parts_of_a_batch"


@dataclass(frozen=True)
class Request:
    """One request to Act! as it went over the wire; those of a batch are its `parts`."""

    route: str
    path: str
    query: str
    bytes: int
    parts: tuple["Request", ...] = ()


def requests_of(office: Office) -> list[Request]:
    """What was asked since the office's counters were reset."""
    sent: list[Request] = []
    for one in office.log():
        pairs = [(name, value) for name, value in one["query"]]
        query = urlencode(pairs, quote_via=quote, safe="$")
        count = one["parts"]
        parts = tuple(sent[len(sent) - count :])
        del sent[len(sent) - count :]
        sent.append(Request(one["route"], one["path"], query, one["bytes"], parts))
    return sent


@dataclass(frozen=True)
class Ran:
    """One sync of the agent. `records` lie readable in the mailbox `seconds` after its start.

    `megabytes`: its peak; `cpu`: its seconds.
    """

    seconds: float
    records: int
    megabytes: float
    cpu: float
    requests: list[Request]

    @property
    def rate(self) -> float:
        return self.records / self.seconds


class Agent:
    """An agent with a data folder of its own, acquainted with the office; beside it one device."""

    def __init__(self, rig: Rig, office: Office, folder: Path) -> None:
        self._rig, self._office, self._folder = rig, office, folder
        self.account = rig.account()
        code = rig.manage("pair", self.account, "--role", "server")["code"]
        self._call("pair", code, "--url", f"http://127.0.0.1:{rig.public}")
        words = ("--act-url", office.url, "--act-database", office.database)
        self._call("connect", *words, "--act-user", office.user, typed=office.password + "\n")
        self._phone = rig.pair(self.account, "device")

    def run(self) -> Ran:
        """Sync once, until all that there is can be read by the device."""
        self._office.do("reset")
        begun = time.perf_counter()
        said = self._call("run", "--once", "--json", weighed=True)
        records = self._readable()
        seconds = time.perf_counter() - begun
        took = json.loads(said.strip().splitlines()[-1])
        assert took["code"] == 0, said
        asked = requests_of(self._office)
        return Ran(seconds, records, took["megabytes"], took["cpu"], asked)

    def run_killed(self, after: int) -> list[Request]:
        """Begin to sync, and be killed after so many requests to Act!; all of them."""
        self._office.do("reset")
        process = subprocess.Popen(
            self._command("run", "--once"),
            cwd=CHECKOUT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        while self._office.counters()["requests"] < after:
            assert process.poll() is None, "it ended before it was killed"
            time.sleep(_LOOK)
        process.send_signal(signal.SIGKILL)
        process.wait()
        return requests_of(self._office)

    def _readable(self) -> int:
        """Wait until the device can read all that the mailbox has accepted; how many records."""
        file = next(self._folder.glob("agent-*.sqlite3"))
        with closing(sqlite3.connect(file)) as memory:
            (sent,) = memory.execute("SELECT count(*) FROM sent").fetchone()
        with Wire(self._rig.port, self._phone) as phone:
            while json.loads(phone.ask("GET", "/mailbox")[1])["waiting"]["total"] < sent:
                time.sleep(_LOOK / 10)
        return int(sent)

    def _call(self, *words: str, typed: str | None = None, weighed: bool = False) -> str:
        before = (sys.executable, "-m", "tests.bench.weighed") if weighed else ()
        done = subprocess.run(
            (*before, *self._command(*words)),
            cwd=CHECKOUT,
            input=typed,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def _command(self, *words: str) -> tuple[str, ...]:
        module = (sys.executable, "-m", "clients.agent")
        return (*module, "--data-dir", str(self._folder), *words)


@contextmanager
def fresh_agent(rig: Rig, office: Office) -> Iterator[Agent]:
    with temporary_folder("mailbox-bench-agent-") as places:
        yield Agent(rig, office, places.var)


def ask_alone(office: Office, requests: Iterable[Request]) -> float:
    """Seconds for the same requests, AT_ONCE of them at a time, by a client that only reads."""
    waiting, taking = iter(list(requests)), threading.Lock()
    with Caller(office) as caller:
        headers = {name: caller.http.headers[name] for name in _SIGNED}
    begun = time.perf_counter()

    def work(nth: int) -> None:
        place = urlsplit(office.url)
        with closing(HTTPConnection(str(place.hostname), place.port)) as line:
            while True:
                with taking:
                    request = next(waiting, None)
                if request is None:
                    return
                _ask(line, place.path, request, headers)

    threads(AT_ONCE, work)
    return time.perf_counter() - begun


def _ask(line: HTTPConnection, base: str, request: Request, headers: dict[str, str]) -> None:
    if request.parts:
        kind = {"Content-Type": f"multipart/mixed; boundary={_MARK}"}
        line.request("POST", base + quote(request.path), _batch(base, request), headers | kind)
    else:
        line.request("GET", _target(base, request), headers=headers)
    answer = line.getresponse()
    answer.read()
    assert answer.status == HTTPStatus.OK, (request, answer.status)


def _target(base: str, request: Request) -> str:
    path = base + quote(request.path, safe="/$")
    return f"{path}?{request.query}" if request.query else path


def _batch(base: str, request: Request) -> bytes:
    parts = [
        f"--{_MARK}\r\nContent-Type: application/http; msgtype=request\r\n\r\n"
        f"GET {_target(base, part)} HTTP/1.1\r\nHost: localhost\r\n\r\n\r\n"
        for part in request.parts
    ]
    return ("".join(parts) + f"--{_MARK}--\r\n").encode()

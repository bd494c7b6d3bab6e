"""The start of the portal, step by step."""

import os
from collections.abc import Mapping
from functools import partial

from hhcportal.run import children, proxy
from hhcportal.run.backing import start_services
from hhcportal.run.demo import children as demo
from hhcportal.run.demo import folders, signin
from hhcportal.run.environment import children_environment, forget, portal_url
from hhcportal.run.logs import Log, last_line
from hhcportal.run.manage import Manage, Unchanged
from hhcportal.run.places import CHECKOUT, Places
from hhcportal.run.ports import HOST, free_port, reachable_host
from hhcportal.run.processes import Child
from hhcportal.run.progress import TickWatch, WebWatch, alive
from hhcportal.run.steps import Refusal, say, step
from hhcportal.run.stopping import Stopping
from hhcportal.run.supervisor import Supervisor
from hhcportal.run.translations import compile_translations


class Program:
    """Everything that runs under one supervisor, on one port."""

    def __init__(self, places: Places, port: int, stopping: Stopping) -> None:
        self._places = places
        self._port = port
        self._caddy = proxy.find()
        # Without a proxy the web server is the public address, and nobody waits.
        self._ports = proxy.Ports(
            public=port,
            web=free_port() if self._caddy else port,
            waiting=free_port(),
            alive=free_port(),
        )
        self._demo_connector = folders.connector()
        self._stopping = stopping
        self._logs: list[Log] = []

    def start(self, supervisor: Supervisor) -> None:
        """Bring everything up and say where it is. Raises Refusal or Stopped."""
        services = start_services(self._places, supervisor, self._stopping)
        environment = children_environment(
            self._places,
            database_url=services.database_url,
            redis_url=services.redis_url,
            port=self._port,
        )
        manage = Manage(self._places, environment, self._stopping)
        prepare(self._places, manage)
        with step("web, worker, beat and proxy" if self._caddy else "web, worker and beat") as line:
            if not self._caddy:
                line.note("Caddy is missing: who waits for mail is answered at once")
            started = self._start_children(supervisor, environment)
            account = _open_account(manage)
            self._wait_for(started)
            known = signin.read_answer(manage.finish(account), self._places) if account else None
        watched = {name: WebWatch(host, port) for name, (host, port) in self._doors.items()}
        supervisor.watch(watched, TickWatch(services.database_url))
        self._greet(known)
        if known:
            # After the greeting: the first time, its programs pair and carry all their records.
            self._start_demo(supervisor, environment, known.account)

    def every_round(self) -> None:
        for log in self._logs:
            log.follow()

    def forget(self) -> None:
        forget(self._places)

    @property
    def _doors(self) -> dict[str, tuple[str, int]]:
        """Who answers over HTTP, and where."""
        if self._caddy is None:
            return {"web": (reachable_host(), self._port)}
        return {
            "web": (HOST, self._ports.web),
            "waiting": (HOST, self._ports.waiting),
            proxy.NAME: (HOST, self._ports.alive),
        }

    def _start_children(
        self, supervisor: Supervisor, environment: Mapping[str, str]
    ) -> dict[str, Child]:
        self._logs = [
            Log(self._places.log / f"{name}.log", shown=name in children.NAMES)
            for name in (*children.NAMES, proxy.NAME, "postgres", "valkey")
        ]
        start = partial(children.start, places=self._places, environment=environment)
        if self._caddy:
            start = partial(start, environment=proxy.behind(environment), host=HOST)
        ports = {"web": self._ports.web, "waiting": self._ports.waiting}
        names = children.NAMES if self._caddy else children.WITHOUT_PROXY
        starts = {name: partial(start, name, port=ports.get(name, 0)) for name in names}
        if self._caddy:
            starts[proxy.NAME] = partial(proxy.start, self._caddy, self._places, self._ports)
        return {name: supervisor.keep(start) for name, start in starts.items()}

    def _start_demo(
        self, supervisor: Supervisor, environment: Mapping[str, str], account: str
    ) -> None:
        ports = demo.Ports(push=free_port(), device=free_port(), act=free_port())
        known = demo.Known(account, portal_url(self._port), ports)
        for name in demo.names(self._demo_connector):
            self._logs.append(Log(self._places.log / f"{name}.log", shown=True))
            start = partial(demo.start, name, self._places, environment, known)
            supervisor.keep(start, leaves_on=demo.LEAVES_ON)

    def _wait_for(self, started: Mapping[str, Child]) -> None:
        doors = [*self._doors.items(), ("web", (reachable_host(), self._port))]
        for name, (host, port) in doors:
            while not alive(host, port):
                if started[name].code is not None:
                    log = self._places.log / f"{name}.log"
                    raise Refusal(f"The portal did not start ({last_line(log)}): see {log}.")
                self._stopping.sleep(0.1)

    def _greet(self, known: signin.SignIn | None) -> None:
        address = portal_url(self._port)
        say()
        say(f"  Portal       {address}/")
        for line in known.lines(address) if known else []:
            say(f"  {line}")
        say(f"  Logs         {self._places.log}")
        say("  Stop         Ctrl-C")
        say()


def prepare(places: Places, manage: Manage) -> None:
    """Tables, static files and translations; what is unchanged is not done again."""
    static = static_files(places)
    collect = None if static else manage.start("collectstatic", "--noinput", "--clear")
    with step("tables"):
        manage.run("tables")
    if collect:
        with step("static files"):
            manage.finish(collect)
        static.remember()
    with step("translations"):
        compile_translations()


def static_files(places: Places) -> Unchanged:
    """Whether the collected static files are those of this checkout."""
    sources = [CHECKOUT / "hhcportal" / "static", CHECKOUT / "requirements.txt"]
    return Unchanged(places.run / "static-files", sources)


def _open_account(manage: Manage) -> Child | None:
    if os.environ.get("DEMO") == "0":
        return None
    return manage.start(*signin.WORDS, keep_output=True)

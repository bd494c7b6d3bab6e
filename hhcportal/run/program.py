"""The start of the portal, step by step."""

import os
from collections.abc import Mapping
from functools import partial

from hhcportal.run import children
from hhcportal.run.backing import start_services
from hhcportal.run.demo import children as demo
from hhcportal.run.demo import signin
from hhcportal.run.environment import children_environment, forget, portal_url
from hhcportal.run.logs import Log, last_line
from hhcportal.run.manage import Manage, Unchanged
from hhcportal.run.places import CHECKOUT, Places
from hhcportal.run.ports import reachable_host
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
        with step("web, worker and beat"):
            web = self._start_children(supervisor, environment)
            account = _open_account(manage)
            self._wait_for(web)
            known = signin.read_answer(manage.finish(account), self._places) if account else None
        supervisor.watch(WebWatch(reachable_host(), self._port), TickWatch(services.database_url))
        self._greet(known)
        if known:
            # After the greeting: the first time, its programs pair and carry all their records.
            self._start_demo(supervisor, environment, known.account)

    def every_round(self) -> None:
        for log in self._logs:
            log.follow()

    def forget(self) -> None:
        forget(self._places)

    def _start_children(self, supervisor: Supervisor, environment: Mapping[str, str]) -> Child:
        self._logs = [
            Log(self._places.log / f"{name}.log", shown=name in children.NAMES)
            for name in (*children.NAMES, "postgres", "valkey")
        ]
        started = {
            name: supervisor.keep(
                partial(children.start, name, self._places, environment, self._port)
            )
            for name in children.NAMES
        }
        return started["web"]

    def _start_demo(
        self, supervisor: Supervisor, environment: Mapping[str, str], account: str
    ) -> None:
        url = portal_url(self._port)
        for name in demo.NAMES:
            self._logs.append(Log(self._places.log / f"{name}.log", shown=True))
            start = partial(demo.start, name, self._places, environment, account=account, url=url)
            supervisor.keep(start, leaves_on=demo.LEAVES_ON)

    def _wait_for(self, web: Child) -> None:
        while not alive(reachable_host(), self._port):
            if web.code is not None:
                log = self._places.log / "web.log"
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
    static = Unchanged(
        places.run / "static-files",
        [CHECKOUT / "hhcportal" / "static", CHECKOUT / "requirements.txt"],
    )
    collect = None if static else manage.start("collectstatic", "--noinput", "--clear")
    with step("tables"):
        manage.run("migrate", "--noinput")
        manage.run("wall", "up")
        manage.run("createcachetable")
    if collect:
        with step("static files"):
            manage.finish(collect)
        static.remember()
    with step("translations"):
        compile_translations()


def _open_account(manage: Manage) -> Child | None:
    if os.environ.get("DEMO") == "0":
        return None
    return manage.start(*signin.WORDS, keep_output=True)

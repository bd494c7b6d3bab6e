"""A made-up office behind a stand-in of the Act! Web API, on this machine alone.

Its first line on standard output is a JSON object: `url`, `database`, `user`, `password`.
"""

import argparse
import json
import logging
import socket
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import uvicorn

from tests.act.api import Api
from tests.act.calls import Installation
from tests.act.control import Control
from tests.act.database import Database
from tests.act.listing import Without
from tests.act.login import Login
from tests.act.overlay import Overlay
from tests.act.server import Server
from tests.act.site import Site
from tests.act.sizes import Sizes, sizes
from tests.act.world import World

DATABASE = "Vertrieb"
_SIZES = (
    "companies", "groups", "opportunities", "histories", "notes", "activities", "series",
    "secondary",
)  # fmt: skip
# What an installation can lack; some of it for one kind alone, as in `edited-filter:note`.
CAPABILITIES = (
    "batch", "select", "edited-filter", "start-filter", "second-order", "skip", "tasks",
    "recurring-tasks", "activities",
)  # fmt: skip


def main(words: list[str]) -> None:
    """Serve until the process is ended."""
    asked = _parser().parse_args(words)
    server = _server(asked)
    with socket.create_server(("127.0.0.1", asked.port), backlog=128) as listening:
        port = listening.getsockname()[1]
        told = server.told(f"http://127.0.0.1:{port}/act.web.api")
        sys.stdout.write(json.dumps(told) + "\n")
        sys.stdout.flush()
        logging.disable()
        config = uvicorn.Config(
            server, lifespan="off", log_config=None, access_log=False,
            timeout_keep_alive=120, timeout_graceful_shutdown=0,
        )  # fmt: skip
        uvicorn.Server(config).run(sockets=[listening])


def _server(asked: argparse.Namespace) -> Server:
    overlay = Overlay(asked.state)
    kept = overlay.setting(
        "office", {"seed": asked.seed, "week": asked.week.isoformat(), "sizes": vars(_sizes(asked))}
    )
    world = World(kept["seed"], Sizes(**kept["sizes"]), date.fromisoformat(kept["week"]))
    database = Database(world, overlay)
    login = Login(
        database,
        DATABASE,
        world.user_name(0),
        f"pw-{world.chance.fate('password', 0)[0]:08x}",
        asked.token_minutes,
    )
    here = Installation(asked.envelope, asked.without)
    site = Site(Api(database, login, here, asked.page_cap))
    return Server(site, Control(site), asked.latency_ms / 1000)


def _sizes(asked: argparse.Namespace) -> Sizes:
    return sizes(asked.contacts, **{name: getattr(asked, name) for name in _SIZES})


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.act", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--seed", type=int, default=7, help="the same seed makes the same office")
    parser.add_argument("--contacts", type=int, default=1000)
    for name in _SIZES:
        parser.add_argument(f"--{name}", type=int, help="follows the contacts unless named")
    parser.add_argument("--latency-ms", type=float, default=0)
    parser.add_argument("--envelope", choices=("bare", "value"), default="value")
    parser.add_argument("--page-cap", type=int, default=5000)
    parser.add_argument("--token-minutes", type=float, default=65)
    parser.add_argument("--without", type=capabilities, default=Without(), metavar="NAME[:KIND],…")
    parser.add_argument("--state", type=Path, help="a file that keeps what was changed")
    parser.add_argument(
        "--week", type=date.fromisoformat, default=_monday(),
        help="the Monday around which the diary is made; this week's unless named",
    )  # fmt: skip
    return parser


def capabilities(text: str) -> Without:
    """What `--without` names. Raises ArgumentTypeError for an unknown name."""
    names = frozenset(filter(None, text.split(",")))
    unknown = [name for name in names if name.partition(":")[0] not in CAPABILITIES]
    if unknown:
        raise argparse.ArgumentTypeError(
            f"{', '.join(unknown)} is unknown: name some of {', '.join(CAPABILITIES)}."
        )
    return Without(names)


def _monday() -> date:
    today = datetime.now(UTC).date()
    return today - timedelta(days=today.weekday())


if __name__ == "__main__":
    main(sys.argv[1:])

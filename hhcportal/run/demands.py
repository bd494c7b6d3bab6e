"""What the program demands of PostgreSQL, for a 202 says that a batch was flushed.

Free of Django, for `make run` asks before anything of the portal is loaded.
"""

import os
from collections.abc import Sequence
from typing import Any, Protocol

OLDEST = 15
ALLOW = "ALLOW_UNSAFE_DATABASE"
_SWITCHES = ("fsync", "full_page_writes", "synchronous_commit")
# As the program's own role sees them: a role or a database may have settings of its own.
_FACTS = (
    "SELECT current_setting('server_version_num')::int / 10000, current_user,"
    " rolsuper, rolbypassrls, current_setting('fsync'), current_setting('full_page_writes'),"
    " current_setting('synchronous_commit') FROM pg_roles WHERE rolname = current_user"
)


class Cursor(Protocol):
    """What psycopg's and Django's cursors have in common."""

    def execute(self, query: Any, /) -> object: ...

    def fetchone(self) -> Sequence[Any] | None: ...


def unmet(cursor: Cursor) -> tuple[str, bool]:
    """One sentence about all that the database lacks, with the remedy, and whether it is waived.

    "" where it lacks nothing. The environment can waive the switches, for a database whose loss
    nobody minds, such as a test's; never the version or the role, which decide what holds at all.
    """
    cursor.execute(_FACTS)
    facts = cursor.fetchone()
    if facts is None:  # pragma: no cover - every session has a role
        return "", False
    version, role, superuser, bypasses, *switches = facts
    off = [
        f"{name} is off (turn it on)"
        for name, value in zip(_SWITCHES, switches, strict=True)
        if value == "off"
    ]
    unfit = []
    if version < OLDEST:
        unfit.append(f"its version is {version} (take {OLDEST} or newer)")
    if superuser or bypasses:
        may = "is a superuser" if superuser else "bypasses row-level security"
        unfit.append(f"the role {role} {may} (give the program a plain role)")
    if not off and not unfit:
        return "", False
    allow = "" if unfit else f"; {ALLOW}=1 takes it where nothing in it matters"
    return (
        f"The database that DATABASE_URL names cannot keep what the mailbox promises: "
        f"{', '.join(off + unfit)}{allow}."
    ), not unfit and os.environ.get(ALLOW) == "1"

"""What a request asks of the database, without the frame around what it asks."""

from django.test.utils import CaptureQueriesContext

_FRAME = (
    "SAVEPOINT", "RELEASE", "BEGIN", "COMMIT",
    "SELECT set_config(", "SELECT current_setting(",  # the wall between accounts
)  # fmt: skip


def asked(queries: CaptureQueriesContext) -> list[str]:
    """The captured statements but those that begin and end a transaction, or set the wall."""
    return [q["sql"] for q in queries if not q["sql"].startswith(_FRAME)]

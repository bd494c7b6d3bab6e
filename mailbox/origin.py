"""Which database this is: PostgreSQL's system identifier and its timeline.

A restore changes one of them. A copied data folder cannot be told from the original.
"""

from django.db import connection


def current() -> str:
    """The database's identifier and timeline, such as `7423841…/00000001`."""
    with connection.cursor() as cursor:
        # By the log's own position: the control file learns a new timeline at a checkpoint.
        cursor.execute(
            "SELECT system_identifier || '/' || left(pg_walfile_name(pg_current_wal_lsn()), 8)"
            " FROM pg_control_system()"
        )
        return str(cursor.fetchone()[0])

"""What a backup of the mailbox keeps of one account, and brings back."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg import sql

from hhcportal.run.postgres import conninfo
from tests.stack import Stack

# In the order in which their rows refer to each other.
TABLES = (
    "mailbox_batch",
    "mailbox_content",
    "mailbox_outcome",
    "mailbox_change",
    "mailbox_upchange",
    "mailbox_reader",
)
_BOX = "mailbox_mailbox"
_SET_BACK = ("head", "rows", "bytes", "live", "highest_version", "checkpoint", "filled")
_MINE = (
    "(SELECT m.id FROM mailbox_mailbox m JOIN accounts_account a ON a.id = m.account_id"
    " WHERE a.number = {number})"
)


class Backup:
    """An account's mailboxes as they were when it was made."""

    def __init__(self, connection: psycopg.Connection, number: str) -> None:
        self._connection = connection
        self._mine = sql.SQL(_MINE).format(number=sql.Literal(number))
        for table in TABLES:
            self._run(
                "CREATE TEMP TABLE {kept} AS SELECT * FROM {table} WHERE mailbox_id IN {mine}",
                table,
            )
        self._run("CREATE TEMP TABLE {kept} AS SELECT * FROM {table} WHERE id IN {mine}", _BOX)

    def restore(self) -> None:
        """Everything since then is forgotten."""
        with self._connection.transaction():
            for table in reversed(TABLES):
                self._run("DELETE FROM {table} WHERE mailbox_id IN {mine}", table)
            for table in TABLES:
                self._run("INSERT INTO {table} SELECT * FROM {kept}", table)
            self._run(
                f"UPDATE {{table}} box SET ({', '.join(_SET_BACK)})"
                f" = ROW(k.{', k.'.join(_SET_BACK)}) FROM {{kept}} k WHERE k.id = box.id",
                _BOX,
            )

    def _run(self, statement: str, table: str) -> None:
        names = {"table": sql.Identifier(table), "kept": sql.Identifier(f"kept_{table}")}
        self._connection.execute(sql.SQL(statement).format(**names, mine=self._mine))


@contextmanager
def backup(stack: Stack, number: str) -> Iterator[Backup]:
    url = conninfo(stack.environment["DATABASE_URL"])
    with psycopg.connect(url, autocommit=True, options="-c app.scope=all") as connection:
        yield Backup(connection, number)

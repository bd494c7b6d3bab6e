"""Looking for strings wherever something of an office could have been left."""

import re
import sqlite3
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from pathlib import Path

import psycopg
from psycopg import sql

from hhcportal.run.postgres import conninfo
from tests.journeys.act.party import Party
from tests.journeys.overview import Owner
from tests.stack import Stack

_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
_ADMIN = "/admin/accounts/account/"


class Search:
    """All places; `found` tells for each of them which of the strings stand there."""

    def __init__(self, party: Party) -> None:
        self._party = party
        self._stack = party.account.stack
        self.places: dict[str, Callable[[], Iterable[str]]] = {
            "the agent's files": lambda: _kept(party.agent.folder),
            "the phones' files": lambda: (t for p in party.phones for t in _kept(p.folder)),
            "what a phone shows": self._shown,
            "what the agent said": lambda: party.agent.said,
            "the logs": lambda: self._stack.logs().values(),
            "the portal": self._portal,
            "the admin": self._admin,
        }

    def found(self, strings: list[str]) -> dict[str, set[str]]:
        told = {place: _in(strings, texts()) for place, texts in self.places.items()}
        return told | {"the mailbox's rows": in_rows(self._stack, strings)}

    def in_agent(self, strings: list[str]) -> set[str]:
        """Those that stand in the agent's files now, outbox and state included."""
        return _in(strings, self.places["the agent's files"]())

    def _shown(self) -> Iterator[str]:
        for phone in self._party.phones:
            kinds = phone.call("status")["records"]
            yield from (phone.run("list", kind, "--json").out for kind in kinds)

    def _portal(self) -> Iterator[str]:
        home = f"/accounts/{self._party.account.number}/"
        for _, text in self._party.account.owner.pages(home, within=home):
            yield text

    def _admin(self) -> Iterator[str]:
        who = {"email": "admin-of-act@example.com", "password": "Ein langes Kennwort für Tests"}
        words = (who["email"], "administrator", "--password", who["password"])
        self._stack.manage("make_staff", *words)
        administrator = Owner(self._stack.url, **who)
        listed = f"{_ADMIN}?q={self._party.account.number}"
        for _, text in administrator.pages(listed, within=_ADMIN):
            yield text
        administrator.close()


def in_rows(stack: Stack, strings: list[str]) -> set[str]:
    """Those of the strings that stand in any row of any table of the mailbox's database."""
    url = conninfo(stack.environment["DATABASE_URL"])
    # Binary columns are written in hexadecimal.
    looks = {look: string for string in strings for look in (string, string.encode().hex())}
    found: set[str] = set()
    with psycopg.connect(url, options="-c app.scope=all") as connection:
        tables = [name for (name,) in connection.execute(_TABLES)]
        assert len(tables) > 20
        # In one look at each row, however many strings there are.
        pattern = "|".join(map(re.escape, looks))
        for table in tables:
            query = sql.SQL(
                "SELECT DISTINCT (regexp_matches(t::text, %s, 'g'))[1] FROM {table} t"
            ).format(table=sql.Identifier(table))
            found |= {looks[look] for (look,) in connection.execute(query, [pattern])}
    return found


def _kept(folder: Path) -> Iterator[str]:
    """Every file as it lies there, and every row of every database among them."""
    for file in folder.rglob("*"):
        if file.is_file():
            # One sign a byte: each string is looked for as its bytes too.
            yield file.read_bytes().decode("latin-1")
        if file.suffix == ".sqlite3":
            with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as database:
                yield from database.iterdump()
                if database.execute("SELECT 1 FROM sqlite_schema WHERE name = 'base'").fetchone():
                    # What the agent has sent lies there compressed.
                    rows = database.execute("SELECT data FROM base")
                    yield from (zlib.decompress(data).decode() for (data,) in rows)


def _in(strings: list[str], texts: Iterable[str]) -> set[str]:
    return {string for text in texts for string in strings if string in text}

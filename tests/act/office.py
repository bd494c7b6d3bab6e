"""The made-up office as a process of its own, for tests of whatever speaks to Act!."""

import json
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import date
from typing import Any, Self

import httpx

from tests import warm

Row = dict[str, Any]
# Making 100,000 contacts known takes some seconds on a busy machine.
_PATIENCE = 120.0


class Office:
    """`python -m tests.act` with these words; up inside `with`, and watched by the referee.

    Leaving the block without an error raises AssertionError if either side has broken the table
    in it and nobody took the violations away by `forgive`. `do` and `ask` reach `/_control`; the
    methods name what is used most.
    """

    def __init__(self, *words: str, contacts: int = 200, seed: int = 7) -> None:
        self._words = ("--contacts", str(contacts), "--seed", str(seed), *words)

    def __enter__(self) -> Self:
        words = ("--port", "0", *self._words)
        with ExitStack() as starting:
            program = starting.enter_context(warm.started("tests.act", *words))
            told = json.loads(program.first_line())
            starting.callback(program.end)
            self._started = starting.pop_all()
        self.url: str = told["url"]
        self.database: str = told["database"]
        self.user: str = told["user"]
        self.password: str = told["password"]
        root = self.url.removesuffix("/act.web.api")
        # Whatever proxy the environment names: this is loopback.
        self._control = httpx.Client(
            base_url=f"{root}/_control", timeout=_PATIENCE, trust_env=False
        )
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        try:
            violations = self.violations() if kind is None else []
        finally:
            self._control.close()
            self._started.close()
        assert not violations, "\n".join(violations)

    def do(self, name: str, /, **arguments: Any) -> Row:
        """`POST /_control/NAME`; its answer. Raises AssertionError with the reason of a refusal."""
        return _said(self._control.post(f"/{name}", json=arguments))

    def ask(self, name: str, /, **query: Any) -> Row:
        """`GET /_control/NAME`."""
        return _said(self._control.get(f"/{name}", params=query))

    def change(self, kind: str, id: str, edited: str | None = None, **values: Any) -> None:
        """Set properties as somebody in the office would; `edited` backdates it."""
        self.do("change", kind=kind, id=id, set=values, edited=edited)

    def create(self, kind: str, parent: str | None = None, **values: Any) -> str:
        """Enter a record; its id."""
        id: str = self.do("create", kind=kind, set=values, parent=parent)["id"]
        return id

    def delete(self, kind: str, id: str) -> None:
        self.do("delete", kind=kind, id=id)

    def turn_private(self, kind: str, id: str, *, own: bool = False) -> None:
        """`own`: as a private record of the user by whom the agent signs in, who still sees it."""
        self.do("private", kind=kind, id=id, own=own)

    def office_day(self, count: int, seed: int = 0) -> list[Row]:
        """Edits by chance, as an office makes them; each with `what`, `kind` and `id`."""
        edits: list[Row] = self.do("office-day", count=count, seed=seed)["edits"]
        return edits

    def plan(self, what: str, route: str = "*", **more: Any) -> None:
        """Plan a fault; see `Plan` for its members."""
        self.do("fault", what=what, route=route, **more)

    def counters(self) -> Row:
        return self.ask("counters")

    def log(self) -> list[Row]:
        """Every request since the start or the last `reset`."""
        log: list[Row] = self.ask("log")["log"]
        return log

    def writes(self) -> Row:
        """What the API wrote since the start or the last `reset`: `counts`, `total`, `writes`."""
        return self.ask("writes")

    def record(self, kind: str, id: str) -> list[Row]:
        """One record as `truth` tells it, or an activity's occurrences; none where it is gone."""
        found: list[Row] = self.ask("record", kind=kind, id=id)["records"]
        return found

    def violations(self) -> list[str]:
        """What the referee has collected."""
        found: list[str] = self.ask("referee")["violations"]
        return found

    def forgive(self) -> list[str]:
        """The same, and forget it: for tests that break the table on purpose."""
        found = self.violations()
        self.do("forgive")
        return found

    def truth(
        self, kind: str, since: date = date(1990, 1, 1), until: date = date(2073, 6, 6)
    ) -> Iterator[Row]:
        """All records as the office has them, hidden ones too, each with its `row`.

        Beside it: `is_visible` (to the signed-in user), `access` and `groups`, `products`,
        `parent`, and as `text` the plain text of what has one. Of activities, the occurrences
        whose local day lies within, with the `original` day.
        """
        following: int | None = 0
        while following is not None:
            page = self.ask("truth", kind=kind, first=following, since=since, until=until)
            yield from page["records"]
            following = page["next"]


class Caller:
    """A signed-in client for tests of the office itself: nothing of the agent's is in it."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self.http = httpx.Client(timeout=60.0, trust_env=False)
        self.sign_in()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()

    def authorize(self, **changed: str) -> httpx.Response:
        """`/authorize` by password; `user`, `password` or `database` can be others."""
        told = {name: getattr(self._office, name) for name in ("user", "password", "database")}
        told |= changed
        return self.http.get(
            f"{self._office.url}/authorize",
            auth=(told["user"], told["password"]),
            headers={"Act-Database-Name": told["database"], "Authorization": ""},
        )

    def sign_in(self) -> None:
        token = self.authorize().text.strip('"')
        self.http.headers["Authorization"] = f"Bearer {token}"
        self.http.headers["Act-Database-Name"] = self._office.database

    def get(self, path: str, **query: Any) -> httpx.Response:
        """A path below /api; OData's names come without their `$`."""
        named = {(f"${k}" if k in _ODATA else k): v for k, v in query.items()}
        return self.http.get(f"{self._office.url}/api/{path}", params=named)

    def write(self, method: str, path: str, body: Any = None, **query: Any) -> httpx.Response:
        """POST, PUT, PATCH or DELETE with an object in JSON, or without one."""
        url = f"{self._office.url}/api/{path}"
        return self.http.request(method, url, json=body, params=query)

    def rows(self, path: str, **query: Any) -> list[Row]:
        """The rows of a list, whichever envelope it comes in."""
        answer = self.get(path, **query)
        assert answer.status_code == 200, (answer.status_code, answer.text[:500])
        told = answer.json()
        rows: list[Row] = told["value"] if isinstance(told, dict) else told
        return rows


_ODATA = ("filter", "orderby", "top", "skip", "select", "expand", "count")


def _said(answer: httpx.Response) -> Row:
    assert answer.status_code == 200, answer.text
    said: Row = answer.json()
    return said

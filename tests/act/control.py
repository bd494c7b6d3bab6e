"""`/_control`: what a test may do to the office, and ask it. No part of the Web API.

`POST /_control/NAME` with a JSON object of arguments does something, `GET /_control/NAME?…` tells
something; a bad name or argument is a 400 with a sentence.
"""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from tests.act.answers import Answer, Question, read, told
from tests.act.canaries import Canaries
from tests.act.edits import Edits
from tests.act.faults import Plan
from tests.act.listing import Without
from tests.act.login import CODES
from tests.act.office_day import OfficeDay
from tests.act.rate import RESETS
from tests.act.site import Site
from tests.act.truth import Truth


class Control:
    """Finds the method for a name; edits of records are those of `Edits`."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._api, self._database, self._login = site.api, site.api.database, site.api.login
        self._edits = Edits(self._database)
        self.most_at_once = 0

    def answer(self, question: Question) -> Answer:
        name = question.path.removeprefix("/_control/").replace("-", "_")
        try:
            if question.method == "GET":
                return told(_TELLS[name](self, **question.options))
            does = getattr(self._edits, name) if name in _EDITS else _DOES[name].__get__(self)
            return told(does(**(read(question.body) or {})) or {})
        except (KeyError, TypeError, ValueError, IndexError) as error:
            return told({"message": f"{type(error).__name__}: {error}"}, 400)

    def fault(self, **plan: Any) -> None:
        """Plan a fault: the members of `Plan`."""
        self._site.faults.plans.append(Plan(**plan))

    def clear_faults(self) -> None:
        """Take back all that is planned."""
        self._site.faults.plans.clear()

    def clock(self, seconds: float) -> dict[str, Any]:
        """Let time pass; tokens grow old by it."""
        self._database.shift(seconds)
        return {"now": self._database.now()}

    def office_day(self, count: int, seed: int = 0, most: int | None = None) -> dict[str, Any]:
        """So many edits by chance, as an office makes them; what they were.

        `most`: how many records of a kind they enter at most, and then they delete none.
        """
        return {"edits": OfficeDay(self._edits, seed, most).work(count)}

    def canaries(self, count: int = 30, seed: int = 0) -> dict[str, Any]:
        """Plant strings that must not leave; where they stand."""
        return {"canaries": Canaries(self._edits, seed).plant(count)}

    def backup(self, name: str) -> None:
        """Keep the office as it is now."""
        self._database.backup(name)

    def restore(self, name: str | None = None) -> None:
        """Bring an older backup back; without a name, the office of the beginning."""
        self._database.restore(name)

    def lock(self, state: str = "LOCK", reason: str = "General") -> None:
        """Lock the database (PENDING_LOCK, LOCK) or free it (UNLOCK)."""
        self._api.here.lock, self._api.here.lock_reason = state, reason
        self._api.here.locked_until = None

    def rights(self, sees_all: bool = True, denied: list[str] | None = None) -> None:
        """Give or take "Access All Non-Private Data", and rights to write: `denied` are those
        that the user lacks, a kind or `kind:op` (create, change, delete)."""
        self._database.sees_all = sees_all
        self._database.version += 1
        self._api.here.denied = frozenset(denied or ())

    def drop(self, kind: str, names: list[str]) -> None:
        """Let writes of a kind drop these properties or paths (`customFields/user6`) silently."""
        self._api.here.drops[kind] = frozenset(names)

    def refuse(self, code: int | None = None) -> None:
        """Answer 4030, 4031 or 4032 at the door from now on; None: let in again."""
        if code not in {None, *CODES}:
            raise ValueError(f"{code} is none of {', '.join(map(str, CODES))}")
        self._login.refuses = code
        self._login.revoke()

    def password(self, new: str) -> None:
        """Change the user's password; tokens stay good."""
        self._login.password = new

    def revoke(self) -> None:
        """Make every token invalid."""
        self._login.revoke()

    def cloud(self, is_on: bool) -> None:
        """Answer as the cloud does: 401 in JSON, the gateway's 403 for all outside the routes."""
        self._login.in_cloud = is_on

    def rate(self, limit: int | None, reset: str = "seconds") -> None:
        """Limit requests a minute and send rate headers; None: neither."""
        if reset not in RESETS:
            raise ValueError(f"{reset} is none of {', '.join(RESETS)}")
        self._site.rate.limit, self._site.rate.reset = limit, reset

    def version(self, api_version: str, without: list[str] | None = None) -> None:
        """Be another version of the Web API, which lacks other things."""
        self._api.here.api_version = api_version
        if without is not None:
            self._api.here.without = Without(frozenset(without))

    def reset(self) -> None:
        """Forget counters, log, violations and the journal of writes."""
        self._site.forget()
        self._api.journal.forget()
        self.most_at_once = 0

    def forgive(self) -> None:
        """Forget violations alone."""
        self._site.referee.violations.clear()

    def state(self) -> dict[str, Any]:
        """The office's clock, diary week and sizes, and the rest in short."""
        return {
            "now": self._database.now(),
            "week": self._database.world.week.isoformat(),
            "sizes": vars(self._database.world.sizes),
            "api_version": self._api.here.api_version,
            "without": sorted(self._api.here.without.names),
        }

    def counters(self) -> dict[str, Any]:
        """Requests by route, all of them, most at once, and bytes of bodies."""
        routes = dict(self._site.counters)
        return {
            "routes": routes,
            "requests": sum(routes.values()),
            "most_at_once": self.most_at_once,
            "bytes": self._site.bytes_sent,
        }

    def log(self, after: str = "0") -> dict[str, Any]:
        """Remembered requests from that place on, oldest first."""
        return {"log": list(self._site.log)[int(after) :]}

    def referee(self) -> dict[str, Any]:
        """Violations of the table by either side, and how many exchanges were judged."""
        referee = self._site.referee
        return {"violations": referee.violations, "judged": referee.judged}

    def writes(self, after: str = "0") -> dict[str, Any]:
        """What the API wrote: `counts` by kind and op, and the journal from that place on."""
        return self._api.journal.told(int(after))

    def record(self, kind: str, id: str) -> dict[str, Any]:
        """One record as `truth` tells it; of an activity all occurrences up to two years ahead."""
        truth = Truth(self._database, self._api.renderer)
        truth.between(date(1990, 1, 1), self._database.world.week + timedelta(days=730))
        number = self._database.find(kind, id[:36])
        return {"records": [] if number is None else list(truth.of(kind, number))}

    def truth(
        self,
        kind: str,
        first: str = "0",
        count: str = "2000",
        since: str = "1990-01-01",
        until: str = "2073-06-06",
    ) -> dict[str, Any]:
        """Records as they are, hidden ones too; of activities the occurrences of some days."""
        truth = Truth(self._database, self._api.renderer)
        truth.between(date.fromisoformat(since), date.fromisoformat(until))
        return truth.page(kind, int(first), int(count))


Method = Callable[..., Any]
_EDITS = ("change", "create", "delete", "private", "limit", "member", "move", "cancel", "clear")
_TELLS: dict[str, Method] = {
    made.__name__: made
    for made in (
        Control.state,
        Control.counters,
        Control.log,
        Control.referee,
        Control.writes,
        Control.record,
        Control.truth,
    )
}
_DOES: dict[str, Method] = {
    made.__name__: made
    for made in (
        Control.fault, Control.clear_faults, Control.clock, Control.office_day, Control.canaries,
        Control.backup, Control.restore, Control.lock, Control.rights, Control.refuse,
        Control.password, Control.revoke, Control.cloud, Control.rate, Control.version,
        Control.reset, Control.forgive, Control.drop,
    )
}  # fmt: skip

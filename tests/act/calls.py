"""A request on its route, and the installation that it meets."""

from dataclasses import dataclass, field

from tests.act.answers import Question
from tests.act.filters import BadQuery
from tests.act.listing import Without
from tests.act.table import Route
from tests.act.writing import FORMS


@dataclass
class Call:
    """A request that has found its route, with the values in its path."""

    question: Question
    route: Route
    values: dict[str, str]

    @property
    def words(self) -> list[str]:
        """The route's template below /api in small letters."""
        return self.route.path.lower().split("/")[2:]

    @property
    def first(self) -> str:
        """The first value in the path."""
        return next(iter(self.values.values()))

    @property
    def form(self) -> str:
        """How texts are wanted. Raises BadQuery."""
        return self.choice("format", ("auto", *FORMS))

    @property
    def e164(self) -> bool:
        """Whether telephone numbers are wanted in the exchange's form. Raises BadQuery."""
        return self.choice("phoneFormat", ("None", "E164")) == "E164"

    def choice(self, name: str, allowed: tuple[str, ...]) -> str:
        """A query parameter of few values; the first one is the default. Raises BadQuery."""
        told_ = self.question.options.get(name, allowed[0])
        if told_ not in allowed:
            raise BadQuery(f"The value '{told_}' is not valid for {name}.")
        return told_


@dataclass
class Installation:
    """What an installation is like, and a test may change while it runs."""

    envelope: str
    without: Without = field(default_factory=Without)
    api_version: str = "1.1.1324.1"
    lock: str = "UNLOCK"
    lock_reason: str = "General"
    locked_until: float | None = None
    # What writes drop beside what they always do: by kind, names or inner paths.
    drops: dict[str, frozenset[str]] = field(default_factory=dict)
    # Rights that the user lacks: a kind, or `kind:op` with create, change or delete.
    denied: frozenset[str] = frozenset()

    def is_locked(self, now: float) -> bool:
        """Whether the database is locked; a lock with an end goes by itself."""
        if self.locked_until is not None and now >= self.locked_until:
            self.lock, self.locked_until = "UNLOCK", None
        return self.lock == "LOCK"

    def lock_until(self, end: float) -> None:
        """Lock the database until then by the office's clock, in seconds since 1970."""
        self.lock, self.lock_reason, self.locked_until = "LOCK", "General", end

    def may(self, kind: str, op: str) -> bool:
        """Whether the signed-in user has the right to write so."""
        return not {kind, f"{kind}:{op}"} & self.denied

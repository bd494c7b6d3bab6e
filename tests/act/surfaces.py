"""What can be listed: records of a kind, and occurrences of activities."""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta

from tests.act.database import Database
from tests.act.filters import Condition
from tests.act.occurrences import Occurrence, as_of, occurrences, utc
from tests.act.people import Stored
from tests.act.rendering import MODEL, Renderer, Row
from tests.act.sizes import USERS
from tests.act.times import seconds
from tests.act.world import OWN_PRIVATE

_FIRST, _LAST = date(1990, 1, 1), date(2073, 6, 6)


class Records:
    """Visible records of a kind; `only` names those of a sub-route."""

    def __init__(
        self,
        database: Database,
        renderer: Renderer,
        kind: str,
        *,
        only: Iterable[int] | None = None,
        form: str = "auto",
        e164: bool = False,
    ) -> None:
        self.model = MODEL[kind]
        self.cheap_paths = frozenset({"id", "edited", "isPrivate"})
        if kind == "contact":
            self.cheap_paths |= {"contactType"}
        self._database, self._renderer, self._kind = database, renderer, kind
        self._only = None if only is None else tuple(only)
        self._form, self._e164 = form, e164

    @property
    def name(self) -> str:
        return f"{self._kind}|{self._only}|{self._form}|{self._database.sees_all}"

    def keys(self, where: Condition) -> Iterator[int]:
        database, kind = self._database, self._kind
        low, high = where.bounds("edited")
        for number in database.numbers(kind) if self._only is None else self._only:
            if low is not None and database.edited(kind, number) < low:
                continue
            if high is not None and database.edited(kind, number) > high:
                continue
            if database.is_visible(kind, number):
                yield number

    def cheap(self, key: int) -> Row:
        database, kind = self._database, self._kind
        row: Row = {
            "id": database.guid(kind, key),
            "edited": database.edited(kind, key),
            "isPrivate": database.level(kind, key) == OWN_PRIVATE,
        }
        if kind == "contact":
            row["contactType"] = self._contact_type(key)
        return row

    def full(self, key: int) -> Row:
        row = self._renderer.row(self._kind, key, self._form)
        return self._renderer.phones(row) if self._e164 else row

    def _contact_type(self, number: int) -> str:
        if self._database.is_changed("contact", number):
            return str(self._database.row("contact", number)["contactType"])
        users = min(USERS, self._database.world.sizes.contacts // 10)
        return "User" if number < users else "Contact"


Key = tuple[int, Occurrence]


class Occurrences:
    """Visible occurrences of activities, each a row of its own."""

    model = "ActivityOccurrence"
    cheap_paths = frozenset({"id", "edited", "startTime"})

    def __init__(
        self,
        database: Database,
        renderer: Renderer,
        *,
        only: Iterable[int] | None = None,
        form: str = "auto",
    ) -> None:
        self._database, self._renderer, self._form = database, renderer, form
        self._only = None if only is None else tuple(only)
        self._last: tuple[int, Stored] = (-1, {})

    @property
    def name(self) -> str:
        return f"{type(self).__name__}|{self._only}|{self._form}|{self._database.sees_all}"

    def keys(self, where: Condition) -> Iterable[Key]:
        first, last = self._days(where)
        low, _ = where.bounds("edited")
        numbers = self._database.numbers("activity") if self._only is None else self._only
        for number in numbers:
            if low is not None and self._database.edited("activity", number) < low:
                continue
            if self._database.is_visible("activity", number):
                for which in occurrences(self._outline(number), first, last):
                    if first <= which.start.date() <= last:
                        yield number, which

    def cheap(self, key: Key) -> Row:
        number, which = key
        kept = self._outline(number)
        edited = seconds(kept["edited"]) if which.edited is None else which.edited
        return {
            "id": f"{self._database.guid('activity', number)}{which.start:%m%d%Y}",
            "edited": edited,
            "startTime": int(utc(as_of(kept, which), which.start).timestamp()),
        }

    def full(self, key: Key) -> Row:
        return self._renderer.occurrence(key[0], self._row(key[0]), key[1], self._form)

    @property
    def _horizon(self) -> date:
        """How far lists go without a bound of their own [I]."""
        return self._database.world.week + timedelta(days=730)

    def _days(self, where: Condition) -> tuple[date, date]:
        low, high = where.bounds("startTime")
        # A day more on either side: days are local, bounds are not.
        first = _date(low) - timedelta(days=1) if low is not None else _FIRST
        last = _date(high) + timedelta(days=1) if high is not None else self._horizon
        return max(first, _FIRST), min(last, _LAST)

    def _outline(self, number: int) -> Stored:
        # A series' occurrences come one after the other: it is made once for all of them.
        if self._last[0] != number:
            self._last = number, self._database.outline(number)
        return self._last[1]

    def _row(self, number: int) -> Stored:
        return self._database.row("activity", number)


class Series(Occurrences):
    """Recurring activities at one of their occurrences, or at all.

    `restriction` and `filter_by` are the route's: InRange shows occurrences of the range asked
    for, InSeries those of whole series that have one in it [I].
    """

    model = "ActivitySeries"

    def __init__(
        self,
        database: Database,
        renderer: Renderer,
        *,
        restriction: str,
        filter_by: str,
        only: Iterable[int] | None = None,
        form: str = "auto",
    ) -> None:
        super().__init__(database, renderer, only=only, form=form)
        self._restriction, self._filter_by = restriction, filter_by

    @property
    def name(self) -> str:
        return f"{super().name}|{self._restriction}|{self._filter_by}"

    def keys(self, where: Condition) -> Iterator[Key]:
        low, high = where.bounds("startTime")
        by_series: dict[int, list[Key]] = {}
        for key in super().keys(where):
            outline = self._outline(key[0])
            if outline["_recur"] and not outline.get("_ended"):
                by_series.setdefault(key[0], []).append(key)
        for number, keys in by_series.items():
            inside = [key for key in keys if _within(self.cheap(key)["startTime"], low, high)]
            if inside and self._filter_by == "InSeries":
                yield from self._restricted(self._whole(number))
            elif inside:
                yield from self._restricted(inside)

    def cheap(self, key: Key) -> Row:
        return super().cheap(key) | {"id": self._database.guid("activity", key[0])}

    def full(self, key: Key) -> Row:
        return self._renderer.series(key[0], self._row(key[0]), key[1], self._form)

    def _whole(self, number: int) -> list[Key]:
        return [
            (number, which) for which in occurrences(self._outline(number), _FIRST, self._horizon)
        ]

    def _restricted(self, keys: list[Key]) -> list[Key]:
        if self._restriction == "All":
            return keys
        if self._restriction == "FirstUnclearedOccurrence":
            keys = [key for key in keys if not key[1].is_cleared]
        return keys[:1]


def _date(moment: int) -> date:
    return datetime.fromtimestamp(min(max(moment, 0), 4_000_000_000), UTC).date()


def _within(value: int, low: int | None, high: int | None) -> bool:
    return (low is None or value >= low) and (high is None or value <= high)

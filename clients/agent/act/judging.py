"""Judging one record as this run knows the office: does it travel, and as which letter."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from clients.agent.act import calendar, letters, privacy, sync_set
from clients.agent.act.kinds import SECONDARY, links_of
from clients.agent.act.records import PARENT, Row, plain_id
from clients.agent.act.rules import Rules
from clients.agent.act.state import Row as Known
from clients.agent.act.state import State
from clients.agent.act.sync_set import Verdict
from clients.agent.connectors.base import Key, Record


@dataclass(frozen=True)
class Judged:
    """A record as it is remembered, what it links to, and its letter where it travels."""

    row: Known
    links: list[Key]
    record: Record | None
    verdict: Verdict

    @property
    def edited(self) -> str:
        return self.row.edited


class Judging:
    """The facts of one run. `groups`: the names, by id, of the groups that the rules ask for."""

    def __init__(
        self, state: State, rules: Rules, *, now: datetime, groups: Mapping[str, str]
    ) -> None:
        self.rules = rules
        self._state = state
        self._now = now
        self._groups = groups
        self._access: dict[tuple[str, str], Row] = {}
        self._page: dict[tuple[str, str], bool] = {}

    @property
    def now(self) -> datetime:
        return self._now

    def is_in(self, kind: str, id: str) -> bool:
        """As the page says that is being taken, else as it is remembered."""
        found = self._page.get((kind, id))
        return self._state.travels(kind, id) if found is None else found

    def learn_page(self, kind: str, travels: Mapping[str, bool]) -> None:
        """Which records of a page travel, by id, in place of the page before: a division may stand
        above its company, and would be sent once without it and once more with it."""
        self._page = {(kind, id): goes for id, goes in travels.items()}

    def groups_of(self, contact_id: str) -> Collection[str]:
        return [
            self._groups[id]
            for id in self._state.rounds.groups_of(contact_id)
            if id in self._groups
        ]

    def access(self, kind: str, id: str) -> Mapping[str, object] | None:
        return self._access.get((kind, id))

    def learn_access(self, kind: str, id: str, answer: Row) -> None:
        """Asked only where a row does not say it itself: it is one request a record."""
        self._access[kind, id] = answer

    def forget_access(self) -> None:
        self._access.clear()

    def key(self, kind: str, row: Row) -> Key:
        """Raises BadRecord where no id can be made of it."""
        if kind == "activity":
            return Key(kind, calendar.record_id(row, self.rules.zone))
        return Key(kind, plain_id(kind, row))

    def place(self, kind: str, row: Row) -> str:
        return f"{row.get(PARENT)}/{row.get('id')}" if kind == SECONDARY else str(row.get("id"))

    def edited(self, row: Row) -> str:
        """In one form, whatever offset the server chose."""
        try:
            return calendar.instant(row.get("edited"))
        except ValueError:
            return str(row.get("edited"))

    def verdict(self, kind: str, row: Row) -> Verdict:
        return sync_set.judge(kind, row, self.rules, self)

    def judge(self, kind: str, row: Row, verdict: Verdict) -> Judged:
        """Raises BadRecord where it cannot become a record."""
        key = self.key(kind, row)
        record = None
        if verdict.travels:
            scrubbed = privacy.scrub(kind, row, lambda kind, id: not self.is_in(kind, id))
            record = Record(kind, key.id, letters.data(kind, scrubbed, self.rules))
        known = Known(
            kind=kind,
            id=key.id,
            place=self.place(kind, row),
            edited=self.edited(row),
            travels=verdict.travels,
            reason=verdict.reason,
            until=self._until(row) if kind == "activity" else "",
        )
        links = links_of(kind, row)
        if kind == SECONDARY:
            links.append(Key("contact", str(row.get(PARENT))))
        return Judged(known, links, record, verdict)

    def capped(self, edited: str) -> str:
        """The cursor after a record: never in the future, where a wrong clock may have been."""
        try:
            moment = datetime.fromisoformat(edited)
        except ValueError:
            return ""
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        return calendar.instant(min(moment, self._now).isoformat())

    def _until(self, row: Row) -> str:
        return calendar.instant(row.get("endTime") or row.get("startTime"))

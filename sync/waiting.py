"""Who waits for mail in this process, and what they saw when they last looked.

Nothing here knows HTTP or the database: a peer looks, and sits down where there is no news; the
bell, a second wait of its own, or the end of the process calls it to look once more.
"""

import asyncio
import uuid
from collections import OrderedDict, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice

from sync.hot import Caller, Mail

# Far more accounts than can ring while one look takes; what is forgotten is found by a later look.
RINGS_KEPT = 10_000


@dataclass(frozen=True, slots=True)
class Seen:
    """What later looks are compared with."""

    account: tuple[str, int]  # its state, and the interval of the peer's role in seconds
    commands: frozenset[str]
    open_edits: int

    def differs(self, now: "Seen") -> bool:
        """Whether the account changed, a command came, or an edit got its final outcome."""
        came = now.commands - self.commands
        return self.account != now.account or bool(came) or now.open_edits < self.open_edits


@dataclass(slots=True)
class Look:
    """One look of a wait. The process that can wait gives one with the request; the view fills it.

    `before` is None in the first look; `last`: what is there is answered, news or not.
    """

    before: Seen | None = None
    last: bool = False
    seen: Seen | None = None
    caller: Caller | None = None
    seconds: int = 0

    @property
    def first(self) -> bool:
        return self.before is None

    def finds_news(self, caller: Caller, mail: Mail, seen: Seen) -> bool:
        """Whether it is answered: what waits, a mark and a new command are news at any time."""
        unfetched = any(not command.fetched for command in mail.commands)
        if caller.waiting or caller.mark or unfetched:
            return True
        return self.before is not None and self.before.differs(seen)


class Seat:
    """A waiting peer's place. `called` is set where it has to look; `ends`: and be answered.

    `seen`: what its last look saw; `looked_at`: when it was last looked for, by the loop's clock.
    """

    __slots__ = ("called", "ends", "left", "looked_at", "seen")

    def __init__(self, seen: Seen | None = None, looked_at: float = 0.0) -> None:
        self.called = asyncio.Event()
        self.ends = False
        self.left = False
        self.seen = seen
        self.looked_at = looked_at

    def leave(self) -> None:
        """Its program has hung up."""
        self.left = True
        self.called.set()

    def dismiss(self) -> None:
        """Have it answered at once."""
        self.ends = True
        self.called.set()


class Room:
    """All seats. For the event loop alone: nothing here is safe for threads."""

    def __init__(self) -> None:
        self._seats: dict[uuid.UUID, Seat] = {}
        self._of_account: defaultdict[int, set[Seat]] = defaultdict(set)
        self._rung: OrderedDict[int, int] = OrderedDict()
        self._closed = False
        self.rings = 0

    def __len__(self) -> int:
        return len(self._seats)

    def ring(self, account_id: int) -> None:
        """Something happened in this account."""
        self.rings += 1
        self._rung[account_id] = self.rings
        self._rung.move_to_end(account_id)
        if len(self._rung) > RINGS_KEPT:
            self._rung.popitem(last=False)
        for seat in self._of_account.get(account_id, ()):
            seat.called.set()

    def overlooked(self, since: float, at_most: int) -> dict[uuid.UUID, Seat]:
        """Those for whom nobody has looked since then, and who are not called to look anyway."""
        found = (
            (peer_id, seat)
            for peer_id, seat in self._seats.items()
            if seat.looked_at <= since and seat.seen is not None and not seat.called.is_set()
        )
        return dict(islice(found, at_most))

    @contextmanager
    def seat(
        self,
        account_id: int,
        peer_id: uuid.UUID,
        *,
        rings: int,
        seen: Seen | None = None,
        now: float = 0.0,
    ) -> Iterator[Seat]:
        """A seat for whoever found nothing. `rings`: how many there had been before it looked.

        What rang while it looked may have been committed too late for it: it looks again at once.
        """
        seat = Seat(seen, now)
        self._seats[peer_id] = seat
        self._of_account[account_id].add(seat)
        if self._rung.get(account_id, 0) > rings:
            seat.called.set()
        if self._closed:
            seat.dismiss()
        try:
            yield seat
        finally:
            self._rise(account_id, peer_id, seat)

    def _rise(self, account_id: int, peer_id: uuid.UUID, seat: Seat) -> None:
        if self._seats.get(peer_id) is seat:
            del self._seats[peer_id]
        others = self._of_account[account_id]
        others.discard(seat)
        if not others:
            del self._of_account[account_id]

    def dismiss(self, peer_id: uuid.UUID) -> None:
        """A second wait of this peer answers the first."""
        seat = self._seats.get(peer_id)
        if seat is not None:
            seat.dismiss()

    def close(self) -> None:
        """The process ends: everybody is answered, and whoever comes now as well."""
        self._closed = True
        for seat in list(self._seats.values()):
            seat.dismiss()

"""The look-ups of the tag SyncData: what of these markers stands in the database already?"""

from collections.abc import Callable, Iterator

from tests.act import bodies
from tests.act.answers import Answer, told
from tests.act.calls import Call
from tests.act.clerk import Clerk
from tests.act.people import Stored


class Lookups(Clerk):
    """Each method answers calls of the routes that `LOOKUPS` names; none writes."""

    def external_ids(self, call: Call) -> Answer:
        wanted = set(bodies.decoded(call) or ())
        return told([row["externalId"] for row in self._found("externalId", wanted)])

    def calendar_uids(self, call: Call) -> Answer:
        """`activityId` is the series' id of 36 characters [I]."""
        wanted = set(bodies.decoded(call) or ())
        return told(
            [
                {"activityId": row["id"], "externalId": row["externalId"],
                 "calendarUid": row["calendarUid"]}
                for row in self._found("calendarUid", wanted)
            ]
        )  # fmt: skip

    def _found(self, name: str, wanted: set[str]) -> Iterator[Stored]:
        # Nothing of the beginning carries a marker.
        for number in self.database.changed("activity"):
            row = self.database.row("activity", number)
            if row[name] in wanted and self.database.is_visible("activity", number):
                yield row


LOOKUPS: dict[str, Callable[[Lookups, Call], Answer]] = {
    "POST /api/sync-data/search-synced-external-ids": Lookups.external_ids,
    "POST /api/sync-data/search-synced-calendar-uids": Lookups.calendar_uids,
}

"""What devices say about being woken, what their push service answers, and what has to stand then.

No model of its own: what has to hold follows from what is stored beside it.
"""

from collections.abc import Mapping

from hypothesis.stateful import invariant

from tests.model.deeds import deed, one_of, pick, several
from tests.model.phone import Phone
from tests.model.scene import Scene
from tests.model.world import World

PATIENCE = "interval '1 minute'"  # of whoever looks, on a clock that goes on
# Whoever was heard of since its waiting began is on the ladder of that call.
_WAITING = f"""
SELECT s.due_at IS NOT NULL,
    s.due_at <= greatest(r.since, s.subscribed_at, coalesce(s.sent_at, r.since))
        + interval '20 minutes' + {PATIENCE},
    s.sent_at IS NULL OR s.sent_at < r.since,
    s.sent_at IS NULL OR s.sent_at <= r.since + interval '7 days 1 hour' + {PATIENCE},
    s.paused_until IS NOT NULL
FROM mailbox_reader r
JOIN sync_pushsubscription s ON s.peer_id = r.peer_id
JOIN sync_presence pr ON pr.peer_id = r.peer_id
WHERE r.mailbox_id = %s AND r.waiting > 0 AND s.gone_at IS NULL AND pr.last_contact < r.since
AND clock_timestamp() < r.since + interval '7 days'
"""
_TOO_LATE = """
SELECT count(*) FROM mailbox_reader r JOIN sync_wakeup w ON w.peer_id = r.peer_id
JOIN sync_presence pr ON pr.peer_id = r.peer_id
WHERE r.mailbox_id = %s AND r.waiting > 0 AND pr.last_contact < r.since
AND w.sent_at > r.since + interval '7 days 1 hour 1 minute'
"""
_TOO_SOON = """
SELECT count(*) FROM (
    SELECT w.sent_at - lag(w.sent_at) OVER (PARTITION BY w.peer_id ORDER BY w.sent_at) AS apart
    FROM sync_wakeup w JOIN mailbox_reader r ON r.peer_id = w.peer_id
    WHERE r.mailbox_id = %s AND w.result IN ('accepted', 'unanswered')
) sent WHERE apart < interval '20 minutes'
"""


class WakeUpRules(Scene):
    """Rules of push subscriptions; `pick` says whose."""

    def some(self, pick: int) -> Phone:
        """One of the devices."""
        raise NotImplementedError

    @invariant()
    def whoever_waits_is_woken(self) -> None:
        """Unless nothing could be collected."""
        if due(self.world, self.mailboxes, active=not self.is_suspended):
            self.tell("somebody waits to be woken")

    @deed(3, pick=pick, wants=one_of(True, True, False), answers=several(
        one_of(201, 201, 201, 410, 404, 429, 500, 400), most=4,
    ))  # fmt: skip
    def a_device_subscribes(self, pick: int, wants: bool, answers: list[int]) -> None:
        """Or gives its subscription up; its push service answers this and that from now on."""
        phone = self.some(pick)
        self.world.push_service.answers.extend(answers)
        if wants:
            subscription = self.world.push_service.subscription(f"/p/{phone.name}")
            answer = phone.program.call("PUT", "/push-subscription", subscription)
        else:
            answer = phone.program.call("DELETE", "/push-subscription")
        assert answer.status_code == 204


def due(world: World, mailboxes: Mapping[str, int], *, active: bool) -> int:
    """Who waits in vain will be woken, soon at first, never too often, for a week; how many do."""
    down = [mailboxes["down"]]
    assert world.look(_TOO_SOON, down) == [(0,)], "two wake-ups within twenty minutes"
    assert world.look(_TOO_LATE, down) == [(0,)], "a wake-up after the seventh day"
    waiting = world.look(_WAITING, down)
    for stands, soon, first, in_time, paused in waiting if active else ():
        assert stands, "nobody has planned to wake a device that waits"
        assert soon or not first or paused, "the first wake-up is too far away"
        assert in_time, "a wake-up after the seventh day"
    return len(waiting)

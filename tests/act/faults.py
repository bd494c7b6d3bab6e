"""Faults planned by a test: what happens, at which requests."""

import fnmatch
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import orjson

from tests.act.answers import Answer, crash, told

_HTML = b"<!DOCTYPE html><html><head><title>IIS</title></head><body><h1>%b</h1></body></html>"
_GATEWAY = "Invalid key=value pair (missing equal-sign) in Authorization header: 'Bearer'."
REPLACING: dict[str, Callable[["Plan"], Answer]] = {
    "unauthorized": lambda plan: Answer(401, b"", ""),
    "forbidden": lambda plan: told({"message": f"{plan.code or 4032}: access denied"}, 403),
    "gateway": lambda plan: told({"message": _GATEWAY}, 403),
    "addresses": lambda plan: Answer(403, _HTML % b"403 - Forbidden", "text/html"),
    "crash": lambda plan: crash("System.Exception", "Planned."),
    "missing": lambda plan: told({"message": "Not found."}, 404),
    "unavailable": lambda plan: Answer(503, _HTML % b"Service Unavailable", "text/html"),
    "too-many": lambda plan: told({"message": "Too Many Requests"}, 429),
    "html": lambda plan: Answer(200, _HTML % b"Maintenance", "text/html"),
}


@dataclass
class Plan:
    """What happens to matching requests.

    `route` is a pattern of "METHOD /template" (`*` for any part). With `percent`, chance decides by
    `seed`; else it is the `nth` matching request and the `times - 1` after it. `seconds`, `code`,
    `property` and `value` say more about some of the faults.
    """

    what: str
    route: str = "*"
    nth: int = 1
    times: int = 1
    percent: float | None = None
    seed: int = 0
    seconds: float = 1.0
    code: int | None = None
    property: str = "id"
    value: Any = None

    def __post_init__(self) -> None:
        if self.what not in {*REPLACING, *ALTERING, *AFTER_WRITES, *LOCKING}:
            raise ValueError(f"{self.what} is no fault that can be planned")
        self._met = 0
        self._dice = random.Random(self.seed)

    def meets(self, route: str) -> bool:
        """Whether it happens to this request, which is counted."""
        if not fnmatch.fnmatchcase(route, self.route):
            return False
        self._met += 1
        if self.percent is not None:
            return self._dice.random() * 100 < self.percent
        return self.nth <= self._met < self.nth + self.times


def _cut_json(answer: Answer, plan: Plan) -> Answer:
    return answer.but(body=answer.body[: len(answer.body) // 2])


def _cut_connection(answer: Answer, plan: Plan) -> Answer:
    return answer.but(short_by=max(1, len(answer.body) // 2))


def _slow(answer: Answer, plan: Plan) -> Answer:
    return answer.but(delay=plan.seconds)


def _third_envelope(answer: Answer, plan: Plan) -> Answer:
    return _on_rows(answer, lambda rows: {"items": rows, "total": len(rows)})


def _empty(answer: Answer, plan: Plan) -> Answer:
    return _on_rows(answer, lambda rows: [])


def _tamper(answer: Answer, plan: Plan) -> Answer:
    """The first row gets a value that no row should have; None takes the property away."""

    def tampered(rows: list[Any]) -> list[Any]:
        for row in rows[:1]:
            row[plan.property] = plan.value
            if plan.value is None:
                del row[plan.property]
        return rows

    return _on_rows(answer, tampered)


def _on_rows(answer: Answer, change: Callable[[list[Any]], Any]) -> Answer:
    if answer.status != 200 or answer.body[:1] not in (b"[", b"{"):
        return answer
    value = orjson.loads(answer.body)
    if isinstance(value, dict) and "value" in value:
        changed = change(value["value"])
        made = {"value": changed, "Count": len(changed)} if isinstance(changed, list) else changed
    elif isinstance(value, list):
        made = change(value)
    else:
        return answer
    return answer.but(body=orjson.dumps(made))


ALTERING: dict[str, Callable[[Answer, Plan], Answer]] = {
    "cut-json": _cut_json,
    "cut-connection": _cut_connection,
    "slow": _slow,
    "third-envelope": _third_envelope,
    "empty": _empty,
    "tamper": _tamper,
}


def _lost(answer: Answer, plan: Plan) -> Answer:
    return answer.but(is_lost=True)


def _crash_after(answer: Answer, plan: Plan) -> Answer:
    return crash("System.Exception", "Planned, after the work was done.")


# For writes: all of them have taken effect when this happens. "lost" sends no byte of an answer.
AFTER_WRITES: dict[str, Callable[[Answer, Plan], Answer]] = {
    "lost": _lost,
    "crash-after": _crash_after,
}
# The database gets locked for `seconds`, before the request does its work or when it is done;
# either way the request gets what a locked database answers.
LOCKING = ("lock", "lock-after")
WRITE_FAULTS = ("crash", *AFTER_WRITES, *LOCKING)


class Faults:
    """All that is planned."""

    def __init__(self) -> None:
        self.plans: list[Plan] = []

    def met(self, route: str) -> Plan | None:
        """The first plan that this request meets; every plan counts it."""
        return next(iter([plan for plan in self.plans if plan.meets(route)]), None)

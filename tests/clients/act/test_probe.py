"""What the probe finds out, of servers that refuse, and of servers that take no notice."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import pytest

from clients.agent.act import rights
from clients.agent.act.line import Line
from clients.agent.act.probe import KINDS, Capabilities, api_version, probe
from clients.agent.act.refusals import (
    Broken,
    NotAct,
    Refusal,
    RightMissing,
    RouteMissing,
    SignInRefused,
)
from tests.clients.act.scripted import USER, Asked, Said, Server, data

DAY = "2026-01-01T00:00:00Z"
ROUTES = dict(
    zip(
        KINDS,
        ("contacts", "companies", "groups", "opportunities", "tasks", "notes", "History"),
        strict=True,
    )
)
NO_ROUTE = data({"message": "No HTTP resource was found that matches the request URI."}, 404)
ODATA = data({"message": "The query specified in the URI is not valid."}, 400)


class LittleAct:
    """A few records a route, and what it refuses or ignores: `filter:notes`, `batch`, …"""

    def __init__(
        self, *, refuses: Iterable[str] = (), ignores: Iterable[str] = (), cap: int = 5000
    ) -> None:
        self.refuses = set(refuses)
        self.ignores = set(ignores)
        self.cap = cap
        self.counts = dict.fromkeys([*ROUTES.values(), "activities"], 7)
        self.refusal = ODATA
        self.version = "1.1.524.0"

    def __call__(self, asked: Asked) -> Said:
        path = asked.path.removeprefix("/api/")
        if path == "system":
            return data({"apiVersion": self.version, "sdkVersion": "24"})
        if path == "$batch":
            return self._batch(asked)
        return self._list(path, asked.query) if path in self.counts else NO_ROUTE

    def _list(self, path: str, query: dict[str, str]) -> Said:
        if query.get("$orderby", "") in self.refuses:
            return self.refusal
        options = {"filter": "$filter", "select": "$select"}
        if "startTime" in query.get("$filter", ""):
            options["start"] = "$filter"
        for name, option in options.items():
            if option in query and f"{name}:{path}" in self.refuses:
                return self.refusal
            if f"{name}:{path}" in self.ignores:
                query.pop(option, None)
        rows: list[dict[str, Any]] = [
            {"id": str(n), "edited": DAY, "name": "x", "startTime": DAY}
            for n in range(self.counts[path])
        ]
        if "2900" in query.get("$filter", "") or f"silent:{path}" in self.ignores:
            rows = rows if "$filter" not in query else []
        skip, top = int(query.get("$skip", 0)), int(query["$top"])
        names = query.get("$select", "id,edited,name,startTime").split(",")
        page = rows[skip : skip + min(top, self.cap)]
        return data({"value": [{n: row[n] for n in names} for row in page], "Count": len(page)})

    def _batch(self, asked: Asked) -> Said:
        if "batch" in self.refuses:
            return data({"message": "x"}, 404)
        boundary = asked.headers["content-type"].partition("boundary=")[2]
        part = b"Content-Type: application/http\r\n\r\nHTTP/1.1 200 OK\r\n\r\n[]\r\n"
        count = asked.body.count(b"GET /")
        body = (f"--{boundary}\r\n".encode() + part) * count + f"--{boundary}--\r\n".encode()
        return Said(200, body, {"Content-Type": asked.headers["content-type"]})


def probed(server: Server, line: Line, act: LittleAct) -> Capabilities:
    server.plays = act
    found = probe(line, 200)
    # What is stored comes back the same.
    assert Capabilities.from_json(json.loads(json.dumps(found.to_json()))) == found
    return found


def test_an_act_that_can_everything(server: Server, line: Line) -> None:
    found = probed(server, line, LittleAct())
    assert {kind: can.route for kind, can in found.kinds.items()} == ROUTES
    assert all(can.edited_filter and can.select for can in found.kinds.values())
    assert (found.batch, found.page_cap) == (True, None)
    assert found.lines() == ["Act! Web API 1.1.524.0, nothing missing"]
    assert {asked.method for asked in server.asked if asked.path != "/api/$batch"} == {"GET"}
    assert len(server.asked) <= 45


@pytest.mark.parametrize("how", ["refuses", "ignores", "fails"])
@pytest.mark.parametrize("kind", ["contact", "note", "history"])
@pytest.mark.parametrize("option", ["filter", "select"])
def test_a_missing_option_is_noticed_for_its_kind_alone(
    server: Server, line: Line, how: str, kind: str, option: str
) -> None:
    name = [f"{option}:{ROUTES[kind]}"]
    act = LittleAct(ignores=name) if how == "ignores" else LittleAct(refuses=name)
    if how == "fails":
        # What is not listed "throws": a stack trace in place of a 400.
        act.refusal = data({"exceptionType": "System.NotSupportedException"}, 500)
    found = probed(server, line, act)
    missing = {
        (of, can)
        for of, found_of in found.kinds.items()
        for can, there in (("filter", found_of.edited_filter), ("select", found_of.select))
        if not there
    }
    assert missing == {(kind, option)}
    assert any(text.startswith(f"{kind}: no ") for text in found.lines())


def test_a_filter_that_lets_nothing_through_is_no_filter(server: Server, line: Line) -> None:
    found = probed(server, line, LittleAct(ignores=["silent:notes"]))
    assert [kind for kind, can in found.kinds.items() if not can.edited_filter] == ["note"]


@pytest.mark.parametrize("lacking", [{"refuses": ["start:tasks"]}, {"ignores": ["start:tasks"]}])
def test_a_filter_by_the_calendars_days_is_tried_where_there_is_a_calendar(
    server: Server, line: Line, lacking: dict[str, Any]
) -> None:
    assert all(can.start_filter for can in probed(server, line, LittleAct()).kinds.values())
    found = probed(server, line, LittleAct(**lacking))
    assert [kind for kind, can in found.kinds.items() if not can.start_filter] == ["activity"]
    assert any(text.startswith("activity: no filter on startTime") for text in found.lines())


@pytest.mark.parametrize(
    ("refuses", "orderby"),
    [
        ([], "edited asc,id asc"),
        (["edited asc,id asc"], "edited asc"),
        (["edited asc,id asc", "edited asc"], None),
    ],
)
def test_the_best_order_that_is_taken(
    server: Server, line: Line, refuses: list[str], orderby: str | None
) -> None:
    found = probed(server, line, LittleAct(refuses=refuses))
    assert {can.orderby for can in found.kinds.values()} == {orderby}
    assert all(can.edited_filter for can in found.kinds.values())


def test_the_older_route_of_activities(server: Server, line: Line) -> None:
    act = LittleAct()
    del act.counts["tasks"]
    found = probed(server, line, act)
    assert found.kinds["activity"].route == "activities"
    assert "activity: read by the older route /api/activities" in found.lines()


def test_a_kind_without_a_record_is_not_judged(server: Server, line: Line) -> None:
    act = LittleAct()
    act.counts["groups"] = 0
    group = probed(server, line, act).kinds["group"]
    assert (group.empty, group.edited_filter, group.select) == (True, False, False)


@pytest.mark.parametrize(
    ("count", "cap", "found"),
    [(700, 100, 100), (700, 5000, None), (100, 100, None), (5600, 5000, 5000)],
)
def test_the_cap_of_a_page(
    server: Server, line: Line, count: int, cap: int, found: int | None
) -> None:
    act = LittleAct(cap=cap)
    act.counts["contacts"] = count
    assert probed(server, line, act).page_cap == found
    act.refuses = {"select:contacts"}
    assert probed(server, line, act).page_cap == (found if cap < 200 else None)


def test_without_batch(server: Server, line: Line) -> None:
    found = probed(server, line, LittleAct(refuses=["batch"]))
    assert found.batch is False
    assert "no $batch, so secondary contacts are asked for one contact a request" in found.lines()


def test_the_version_alone_costs_one_request_and_no_sign_in(server: Server, line: Line) -> None:
    server.plays = LittleAct()
    assert api_version(line) == "1.1.524.0"
    assert [asked.path for asked in server.asked] == ["/api/system"]


@pytest.mark.parametrize(
    ("names", "told"),
    [
        (["Web API Access"], 1),
        (["Web API Access", "Access All Non-Private Data"], 0),
        (["Zugriff auf die Web-API"], 0),
        ([], 0),
    ],
)
def test_a_user_that_sees_its_own_records_alone_is_doubted(
    server: Server, line: Line, names: list[str], told: int
) -> None:
    server.plays = lambda asked: data([{"name": name, "isAllowed": True} for name in names])
    known = rights.read(line, USER)
    assert known
    assert len(list(known.doubts())) == told
    server.plays = lambda asked: NO_ROUTE
    assert rights.read(line, USER) is None


def answering(route: str, said: Said) -> LittleAct:
    class Other(LittleAct):
        def _list(self, path: str, query: dict[str, str]) -> Said:
            return said if path == route else super()._list(path, query)

    return Other()


@pytest.mark.parametrize(
    ("act", "refusal", "words"),
    [
        (answering("notes", Said(403)), RightMissing, "refused for the kind note"),
        (answering("notes", NO_ROUTE), RouteMissing, "no route for the kind note"),
        (answering("notes", Said(500)), Broken, "failed"),
    ],
)
def test_what_cannot_be_worked_with_stops_the_probe(
    server: Server, line: Line, act: LittleAct, refusal: type[Refusal], words: str
) -> None:
    server.plays = act
    with pytest.raises(refusal, match=words):
        probe(line, 200)


def test_a_wrong_address_and_a_wrong_password_stop_it_before(server: Server, line: Line) -> None:
    server.authorize = lambda asked: Said(401)
    server.plays = lambda asked: Said(200, b"<html>")
    with pytest.raises(NotAct):
        probe(line, 200)
    assert server.sign_ins == []
    server.plays = LittleAct()
    with pytest.raises(SignInRefused):
        probe(line, 200)
    assert server.sign_ins == ["Basic"]

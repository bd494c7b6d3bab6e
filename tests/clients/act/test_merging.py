"""Three letters become one, field by field."""

from __future__ import annotations

from typing import Any

import pytest

from clients.agent.act.merging import merge

SEEN: dict[str, Any] = {
    "fullName": "Ana",
    "jobTitle": "Owner",
    "noteText": "Call",
    "noteTextHtml": "<p>Call</p>",
    "businessAddress": {"city": "Bern", "line1": "Gasse 1"},
    "customFields": {"visits": 2},
    "contacts": [{"id": "C1"}, {"id": "C2"}],
    "products": [{"id": "P1", "name": "Saw", "quantity": 1, "total": 5}],
}
LINE = {"name": "Axe", "quantity": 2}


def changed(**members: Any) -> dict[str, Any]:
    """What was seen, with these members; None takes one out."""
    return {name: value for name, value in {**SEEN, **members}.items() if value is not None}


def may(path: str) -> bool:
    return not path.startswith("created")


@pytest.mark.parametrize(
    ("phone", "present", "written"),
    [
        ({}, {"jobTitle": "Boss"}, {}),
        ({"jobTitle": "Boss"}, {"fullName": "Anna"}, {"jobTitle": "Boss"}),
        ({"jobTitle": None}, {}, {"jobTitle": None}),
        (
            {"businessAddress": {"city": "Genf", "line1": "Gasse 1"}},
            {"businessAddress": {"city": "Bern", "line1": "Weg 2"}},
            {"businessAddress.city": "Genf"},
        ),
        ({"customFields": None}, {}, {"customFields.visits": None}),
        ({"noteTextHtml": None}, {}, {}),
        (
            {"contacts": [{"id": "C2"}, {"id": "C3"}]},
            {"contacts": [{"id": "C1"}, {"id": "C2"}, {"id": "C4"}]},
            {"contacts.C1": None, "contacts.C3": {}},
        ),
        ({"contacts": [{"id": "C2"}]}, {"contacts": [{"id": "C2"}]}, {}),
        (
            {"products": [{"id": "P1", "name": "Saw", "quantity": 3, "total": 5}]},
            {"products": [{"id": "P1", "name": "Saw", "quantity": 1, "total": 6}]},
            {"products.P1": {"name": "Saw", "quantity": 3}},
        ),
        (
            {"products": [*SEEN["products"], LINE]},
            {"products": [*SEEN["products"], {**LINE, "id": "P2", "cost": 0}]},
            {},
        ),
        ({"jobTitle": "Boss "}, {"jobTitle": "Boss"}, {}),
    ],
)
def test_what_only_the_phone_changed_is_written(
    phone: dict[str, Any], present: dict[str, Any], written: dict[str, Any]
) -> None:
    merged = merge(SEEN, changed(**phone), changed(**present), may)
    assert (merged.changes, merged.clashes, merged.dropped) == (written, [], [])


@pytest.mark.parametrize(
    ("phone", "present", "clashes"),
    [
        ({"jobTitle": "Boss"}, {"jobTitle": "Chief"}, ["jobTitle"]),
        ({"jobTitle": None}, {"jobTitle": "Chief"}, ["jobTitle"]),
        ({"jobTitle": "Boss"}, {"jobTitle": None}, ["jobTitle"]),
        (
            {"products": None},
            {"products": [{"id": "P1", "name": "Saw", "quantity": 9}]},
            ["products.P1"],
        ),
    ],
)
def test_what_both_changed_clashes(
    phone: dict[str, Any], present: dict[str, Any], clashes: list[str]
) -> None:
    assert merge(SEEN, changed(**phone), changed(**present), may).clashes == clashes


def test_without_a_base_what_the_phone_does_not_name_is_left() -> None:
    merged = merge(None, changed(jobTitle="Boss", fullName=None), SEEN, may)
    assert (merged.changes, merged.clashes) == ({"jobTitle": "Boss"}, ["fullName", "jobTitle"])


def test_what_was_cut_or_cannot_be_changed_is_dropped() -> None:
    seen = {"details": "Long …", "created": "2026-01-01", "cut": ["details"]}
    phone = {"details": "Short", "created": "2026-02-02", "cut": ["details"]}
    merged = merge(seen, phone, {"details": "Long …", "created": "2026-01-01"}, may)
    assert (merged.changes, merged.dropped) == ({}, ["created", "details"])
    assert merge(seen, seen, {}, may).dropped == []

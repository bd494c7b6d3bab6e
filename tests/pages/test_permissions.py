"""Who gets what answer: every address of the program, by every method, for every persona.

The table, `permissions.txt`, is read as it stands: patterns of addresses as the resolver knows them
(`""` is the first page), then the methods with a status for each persona, or one for all of them.
"""

from importlib import import_module
from pathlib import Path

import pytest
from django.apps import apps

from tests.pages.personas import NAMES, UNKNOWN, Scene, call, patterns

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
TABLE = Path(__file__).with_name("permissions.txt")

Row = dict[str, tuple[int, ...]]


def table() -> dict[str, Row]:
    """The statuses of each pattern and method, in the order of the personas."""
    rows: dict[str, Row] = {}
    for block in TABLE.read_text().strip().split("\n\n")[1:]:  # the first names the personas
        lines = block.splitlines()
        named = [line for line in lines if not line.startswith(" ")]
        row = _row([line.split() for line in lines if line.startswith(" ")])
        for pattern in named:
            assert pattern not in rows, f"{pattern} stands in the table twice"
            rows["" if pattern == '""' else pattern] = row
    return rows


def _row(rules: list[list[str]]) -> Row:
    row: Row = {}
    for methods, *statuses in rules:
        told = tuple(map(int, statuses))
        assert len(told) in (1, len(NAMES)), (methods, statuses)
        for method in METHODS if methods == "*" else methods.split("+"):
            row.setdefault(method, told * len(NAMES) if len(told) == 1 else told)
    assert set(row) == set(METHODS)
    return row


@pytest.fixture(autouse=True)
def support_groups(db: None) -> None:
    """What a migration made, made anew: tests that commit leave empty tables behind."""
    import_module("accounts.migrations.0004_support_groups").make_groups(apps, None)


def test_the_table_knows_every_address_and_no_other() -> None:
    known = list(patterns())
    assert sorted(table()) == sorted(known)
    assert len(known) == len(set(known))


@pytest.mark.parametrize("persona", NAMES)
def test_each_persona_gets_what_the_table_says(persona: str) -> None:
    scene, place = Scene(), NAMES.index(persona)
    caller = scene.caller(persona)
    wrong = []
    for pattern, row in table().items():
        path = scene.path(pattern)
        for method, statuses in row.items():
            status = call(caller, method, path).status_code
            if status != statuses[place]:
                wrong.append(f"{method} {path}: {status}, not {statuses[place]}")
    assert not wrong, "\n".join([f"{persona}:", *wrong])


@pytest.mark.parametrize("persona", [name for name in NAMES if name not in ("owner", "member")])
def test_a_foreign_account_answers_like_an_unknown_one(persona: str) -> None:
    """The same bytes and headers, but the id of the request."""
    scene = Scene()
    caller, number = scene.caller(persona), scene.owner.number
    for pattern in (pattern for pattern in patterns() if pattern.startswith("accounts/")):
        foreign = scene.path(pattern)
        for method in METHODS:
            told = call(caller, method, foreign)
            unknown = call(caller, method, foreign.replace(number, UNKNOWN))
            assert told.status_code == unknown.status_code
            assert told.content == unknown.content, (method, pattern)
            heads = [dict(answer.headers) for answer in (told, unknown)]
            for head in heads:
                head.pop("X-Request-Id")
                # Who is not signed in is sent there with the address that they typed.
                head["Location"] = head.get("Location", "").replace(number, UNKNOWN)
            assert heads[0] == heads[1], (method, pattern)

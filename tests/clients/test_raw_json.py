"""`data` passes through the clients as the very bytes that were sent."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clients import rawjson
from clients.answers import Page

SPACE = st.text(alphabet=" \t\n\r", max_size=2)
NUMBERS = st.sampled_from(["0", "-0", "1e400", "1.50", "1E+2", "9" * 5000, "-1.0e-7"])
TEXTS = st.one_of(
    st.text(max_size=8).map(json.dumps),
    st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=8).map(rawjson.dump),
    st.sampled_from([r'"é"', r'"\/"', r'"😀"', '"]},{["', r'"\\\""']),
)


def _wrap(children: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    spaced = st.tuples(SPACE, children, SPACE).map("".join)
    member = st.tuples(SPACE, TEXTS, SPACE, st.just(":"), spaced).map("".join)
    return st.one_of(
        st.lists(spaced, max_size=3).map(lambda parts: f"[{','.join(parts)}]"),
        st.lists(member, max_size=3).map(lambda parts: f"{{{','.join(parts)}}}"),
    )


VALUES = st.recursive(
    st.one_of(NUMBERS, TEXTS, st.sampled_from(["true", "false", "null", "[ ]", "{ }"])), _wrap
)


@given(st.lists(VALUES, max_size=4), SPACE)
def test_a_page_gives_every_letter_as_it_stands(letters: list[str], space: str) -> None:
    changes = ",".join(
        f'{{"kind":"contact",{space}"data"{space}:{space}{letter}{space},"id":"A{n}",'
        f'"op":"put","version":{n + 1}}}'
        for n, letter in enumerate(letters)
    )
    page = Page.read(f'{{"cursor":"c","changes":[{changes}],"complete":true,"full":false}}')
    assert [change.data for change in page.changes] == letters
    assert [change.id for change in page.changes] == [f"A{n}" for n in range(len(letters))]


@given(VALUES, VALUES)
def test_an_edit_leaves_the_other_fields_as_they_stand(first: str, second: str) -> None:
    record = f'{{"a": {first} ,"city":"Bern","b":{second}}}'
    edited = dict(rawjson.members(rawjson.with_members(record, {"city": "Köln"})))
    assert edited == {"a": first, "city": '"Köln"', "b": second}


@given(VALUES, VALUES)
def test_a_field_is_taken_out_and_the_others_stand_as_they_did(first: str, second: str) -> None:
    record = f'{{"a": {first} ,"scope":"series","b":{second}}}'
    left = dict(rawjson.members(rawjson.without_members(record, ("scope", "other"))))
    assert left == {"a": first, "b": second}


def test_an_edit_adds_a_field_that_was_not_there() -> None:
    assert rawjson.with_members("{ }", {"city": "Köln"}) == '{"city":"Köln"}'


@pytest.mark.parametrize("text", ["", "{", '{"a"', '{"a":1', '{"a":1,}', "[1", "[1,]", "5", '"x"'])
def test_what_is_cut_off_is_told(text: str) -> None:
    read = rawjson.elements if text.startswith("[") else rawjson.members
    with pytest.raises(rawjson.NotJson):
        list(read(text))

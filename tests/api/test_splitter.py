"""The splitter accepts exactly JSON and cuts exactly where the standard library does."""

import json

from hypothesis import given
from hypothesis import strategies as st

from sync.api import splitter

texts = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=12,
)


def is_json(text: bytes) -> bool:
    def refuse(name: str) -> None:
        raise ValueError(name)

    try:
        json.loads(text, parse_constant=refuse)
    except ValueError:
        return False
    return True


def accepts(text: bytes) -> bool:
    try:
        end = splitter.value_end(text, 0)
    except splitter.NotJson:
        return False
    return splitter.ends(text, end)


@given(texts, st.sampled_from([None, 1]))
def test_every_json_text_is_accepted(value: object, indent: int | None) -> None:
    assert accepts(json.dumps(value, indent=indent, ensure_ascii=False).encode())


@given(
    texts, st.integers(0, 400), st.sampled_from([b"", b",", b"]", b"}", b'"', b"\\", b"0", b" "])
)
def test_a_damaged_text_is_judged_as_the_standard_library_does(
    value: object, at: int, damage: bytes
) -> None:
    text = json.dumps(value).encode()
    at %= len(text) + 1
    damaged = text[:at] + damage + text[at + 1 :]
    assert accepts(damaged) == is_json(damaged)


@given(st.dictionaries(st.text(), texts))
def test_members_are_cut_where_they_lie(value: dict[str, object]) -> None:
    text = json.dumps(value, indent=1).encode()
    cut = {name: json.loads(text[begin:end]) for name, begin, end in splitter.members(text)}
    assert cut == value


@given(st.lists(texts))
def test_elements_are_cut_where_they_lie(value: list[object]) -> None:
    text = json.dumps(value, indent=1).encode()
    cut = [json.loads(text[begin:end]) for begin, end in splitter.elements(text, 0)]
    assert cut == value

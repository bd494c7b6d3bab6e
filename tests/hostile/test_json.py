"""What is JSON and what is not: the API agrees with the standard library and the contract."""

import itertools
import json
import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from tests.hostile.json_corpus import CORPUS
from tests.office import Office, Program

NESTING = 64
DATA_BYTES = 262_144
# A program may ask a hundred times at once.
AT_ONCE = 90


@pytest.fixture
def phones(db: None) -> Iterator[Program]:
    """A phone for each request, none of which asks too often."""
    office = Office()
    return itertools.chain.from_iterable(
        itertools.repeat(office.device(f"phone {n}"), AT_ONCE) for n in itertools.count()
    )


def parsed(text: bytes) -> Any:
    """The value by the standard library. Raises ValueError, RecursionError where it is none."""

    def refuse(name: str) -> None:
        raise ValueError(name)

    return json.loads(text.decode(), parse_constant=refuse, parse_int=float)


def is_json(text: bytes) -> bool:
    try:
        parsed(text)
    except (ValueError, RecursionError):
        return False
    return True


def has_lone_surrogate(value: Any) -> bool:
    return any(0xD800 <= ord(sign) <= 0xDFFF for sign in json.dumps(value, ensure_ascii=False))


def depth(value: Any) -> int:
    if not isinstance(value, dict | list):
        return 0
    inner = value.values() if isinstance(value, dict) else value
    return 1 + max(map(depth, inner), default=0)


def told(answer: Any) -> tuple[int, str]:
    """Status and code; of an accepted batch the code of its one refused change, or none."""
    body = json.loads(answer.content)
    if answer.status_code < 400:
        return answer.status_code, next((r["code"] for r in body.get("rejected", ())), "")
    return answer.status_code, body["code"]


def differences(
    phones: Iterator[Program], path: str, bodies: dict[bytes, bytes], expected: Any
) -> dict[bytes, Any]:
    """Where the answer to a body is another than `expected(text, body)`."""
    found = {}
    for text, body in bodies.items():
        answer = next(phones).post(path, body, Idempotency_Key=uuid.uuid4().hex)
        wanted = expected(text, body)
        if told(answer) not in wanted:
            found[text[:60]] = (told(answer), wanted)
    return found


def test_the_corpus_is_worth_its_name() -> None:
    assert len(set(CORPUS)) == len(CORPUS) >= 250
    good = sum(map(is_json, CORPUS))
    assert 80 <= good <= len(CORPUS) - 120


@pytest.mark.parametrize("path", ["/batches", "/sessions"])
def test_whole_bodies(phones: Iterator[Program], path: str) -> None:
    """None of them is a request: the question is what is said about it."""

    def expected(text: bytes, body: bytes) -> set[tuple[int, str]]:
        return {(400, "invalid-request" if is_json(text) else "invalid-json")}

    assert differences(phones, path, {text: text for text in CORPUS if text}, expected) == {}


def test_whole_bodies_where_anything_goes(phones: Iterator[Program]) -> None:
    """`POST /resync` asks for an object and reads nothing in it."""

    def expected(text: bytes, body: bytes) -> set[tuple[int, str]]:
        if not text:
            return {(202, "")}
        if not is_json(text):
            return {(400, "invalid-json")}
        good = isinstance(parsed(text), dict)
        return {(202, "") if good else (400, "invalid-request")}

    assert differences(phones, "/resync", {text: text for text in CORPUS}, expected) == {}


def test_letters(phones: Iterator[Program]) -> None:
    """As `data`: damaged grammar spoils the body, anything else the one change alone."""
    frame = b'{"changes":[{"kind":"contact","id":"a","op":"put","data":%s}]}'

    def expected(text: bytes, body: bytes) -> set[tuple[int, str]]:
        try:
            value = parsed(body)["changes"][0].get("data")
        except RecursionError:  # the standard library gives up where only the letter is too deep
            closed = text.count(b"[") == text.count(b"]") and text.count(b"{") == text.count(b"}")
            refused = "data-too-large" if len(text) > DATA_BYTES else "data-invalid"
            return {(202, refused) if closed else (400, "invalid-json")}
        except ValueError:
            return {(400, "invalid-json")}
        if not isinstance(value, dict | str) or has_lone_surrogate(value):
            return {(202, "data-invalid")}
        return {(202, "data-invalid" if depth(value) > NESTING else "")}

    bodies = {text: frame % text for text in CORPUS}
    assert differences(phones, "/batches", bodies, expected) == {}


def test_other_members_of_a_change(phones: Iterator[Program]) -> None:
    """As a member that nobody knows: whatever is JSON is let pass."""
    frame = b'{"changes":[{"new":%s,"kind":"contact","id":"a","op":"put","data":{}}]}'

    def expected(text: bytes, body: bytes) -> set[tuple[int, str]]:
        try:
            value = parsed(body)["changes"][0].get("new")
        except RecursionError:
            closed = text.count(b"[") == text.count(b"]") and text.count(b"{") == text.count(b"}")
            return {(202, "change-invalid") if closed else (400, "invalid-json")}
        except ValueError:
            return {(400, "invalid-json")}
        odd = has_lone_surrogate(value) or depth(value) > NESTING - 3
        # How deep an unknown member may be is not promised, only that it ends in no 5xx.
        return {(202, ""), (202, "change-invalid")} if odd else {(202, "")}

    bodies = {text: frame % text for text in CORPUS}
    assert differences(phones, "/batches", bodies, expected) == {}

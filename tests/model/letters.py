"""A small key space, and letters of many forms, each of them unlike every other."""

import json
from collections.abc import Sequence

from tests.model.deeds import one_of, several, tuple_of
from tests.model.oracle import Letter

KINDS = ("contact", "history", "note")
IDS = ("a", "b", "c", "d")
KEYS = [(kind, id) for kind in KINDS for id in IDS]

# What a parser would tidy up is no business of the mailbox.
_FORMS = (
    '{"n": NR, "name":"\\u004d\\u00fcller ü"}',
    '{"n":NR,"f":1.0e0,"list":[ 1,2 , 3 ]}',
    '"NR, as a string \\ud83d\\udcec"',
    '{ "b" : NR , "a" : null , "deep":{"":{}} }',
    '{"n":NR.000,"zero":-0.0,"big":123456789012345678901234567890}',
)
REFUSED = '{"kind":"No Kind","id":"x","op":"put","version":1,"base_version":1,"data":{}}'

keys = one_of(*KEYS)
limits = one_of(1, 1, 2, 3, 200)
ops = one_of("put", "put", "put", "delete")
# How a server numbers a change: mostly above all, at times as before or below.
freshness = one_of("new", "new", "new", "equal", "old")
changes = several(tuple_of(keys, ops, freshness), most=4)
edits = several(tuple_of(keys, ops), most=3)


def text(number: int) -> str:
    """The letter of this number."""
    return _FORMS[number % len(_FORMS)].replace("NR", str(number))


def body(
    letters: Sequence[Letter], *, version: str, refused: int | None = None, **members: str | None
) -> bytes:
    """A batch as it is sent, with a change that cannot be accepted at the index `refused`.

    `version` names the member that holds a letter's version.
    """
    texts = [_change(letter, version) for letter in letters]
    if refused is not None:
        texts.insert(refused, REFUSED)
    told = {name: value for name, value in members.items() if value is not None}
    head = json.dumps(told)[1:-1]
    return f'{{{head}{"," if head else ""}"changes":[{",".join(texts)}]}}'.encode()


def _change(letter: Letter, version: str) -> str:
    told: dict[str, object] = {
        "kind": letter.kind,
        "id": letter.id,
        "op": letter.op,
        version: letter.version,
    }
    if letter.ref is not None:
        told["ref"] = letter.ref
    head = json.dumps(told)
    return head if letter.text is None else f'{head[:-1]},"data":{letter.text}}}'

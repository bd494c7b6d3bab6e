"""The examples of sync/PROTOCOL.md, sent in order and compared with what it says comes back.

Two `http` blocks are a request and its answer. `<a name>` stands for a value that the mailbox
makes: where the name is new it takes any value, later the very same
one. The answer itself may hold more members than are shown, the objects inside it may not.
"""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.test import Client

from sync.api.schema.codes import CODES
from sync.api.schema.operations import OPERATIONS
from tests.office import API, apply_all, manage

PROSE = Path(settings.BASE_DIR) / "sync" / "PROTOCOL.md"
_BLOCK = re.compile(r"^```http\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_NAME = re.compile(r"<([a-z ]+)>")


@dataclass(frozen=True)
class Message:
    """A block: its first line, its headers, its body's text."""

    first: str
    headers: dict[str, str]
    body: str


def message(block: str) -> Message:
    head, _, body = block.partition("\n\n")
    first, *lines = head.strip().split("\n")
    return Message(first, dict(line.split(": ", 1) for line in lines), body.strip())


def exchanges() -> list[tuple[Message, Message]]:
    blocks = [message(block) for block in _BLOCK.findall(PROSE.read_text())]
    return list(zip(blocks[::2], blocks[1::2], strict=True))


class Story:
    """What the names stand for so far."""

    def __init__(self) -> None:
        account = manage("create_account", "Prosa", "--email", "prose@example.com")["account"]
        self.account: str = account
        self.known: dict[str, Any] = {
            f"{role} code": manage("pair", account, "--role", role)["code"]
            for role in ("server", "device")
        }

    def filled(self, text: str) -> str:
        return _NAME.sub(lambda name: str(self.known[name[1]]), text)

    def send(self, asked: Message) -> Any:
        method, path = self.filled(asked.first).split(" ")
        headers = {name: self.filled(value) for name, value in asked.headers.items()}
        body = {"data": self.filled(asked.body)} if asked.body else {}
        kind = headers.pop("Content-Type", "application/octet-stream")
        http: Any = Client()
        return http.generic(method, API + path, headers=headers, content_type=kind, **body)

    def compare(self, shown: Any, came: Any, where: str = "") -> None:
        """`where`: the way to the member within the answer, empty at its top."""
        if isinstance(shown, str) and (name := _NAME.fullmatch(shown)):
            assert came not in (None, ""), where
            assert self.known.setdefault(name[1], came) == came or name[1] in PASSING, where
        elif isinstance(shown, dict):
            missing = set(shown) - set(came) if where == "" else set(shown) ^ set(came)
            assert not missing, (where, missing)
            for key, value in shown.items():
                self.compare(value, came[key], f"{where}.{key}")
        elif isinstance(shown, list):
            assert len(shown) == len(came), (where, came)
            for number, value in enumerate(shown):
                self.compare(value, came[number], f"{where}[{number}]")
        else:
            assert shown == came, where


# Names for what is another value each time.
PASSING = {"time", "oldest", "since", "detail", "type", "id"}


def test_the_story_is_true(db: None) -> None:
    story = Story()
    told = exchanges()
    assert len(told) >= 20
    for asked, answered in told:
        apply_all()
        if "<erase>" in answered.body:
            manage("command", story.account, story.known["device"], "erase")
        came = story.send(asked)
        assert str(came.status_code) == answered.first, (asked.first, came.content)
        for name, value in answered.headers.items():
            assert came[name] == value, asked.first
        if answered.body:
            story.compare(json.loads(answered.body), json.loads(came.content))
        else:
            assert came.content == b""


def test_every_operation_and_every_code_is_told() -> None:
    prose = PROSE.read_text()
    asked = {pattern(message.first) for message, _ in exchanges()}
    for operation in OPERATIONS:
        wanted = f"{operation.method.upper()} {re.sub('{.*?}', '*', operation.path)}"
        assert wanted in asked or f"`{operation.path}`" in prose, wanted
    for code in CODES:
        assert f"`{code}`" in prose, code


def pattern(first: str) -> str:
    return re.sub(r"<[a-z ]+>", "*", first.partition("?")[0])


def test_no_example_is_left_out() -> None:
    fences = re.findall(r"^```(\w*)$", PROSE.read_text(), re.MULTILINE)
    assert set(fences) == {"http", ""}
    assert len(fences) == 4 * len(exchanges())

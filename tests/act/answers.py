"""What the stand-in says to one request, before it is put on the wire."""

import base64
import json
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qsl

import orjson


@dataclass(frozen=True)
class Question:
    """A request; header names are in small letters. `path` is below the API's base."""

    method: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def options(self) -> dict[str, str]:
        """The query with the last of each name."""
        return dict(self.query)

    def values(self, name: str) -> list[str]:
        """An array in the query: repeated, or one list with commas."""
        told = [value for key, value in self.query if key == name]
        return [part.strip() for value in told for part in value.split(",") if part.strip()]

    def basic(self) -> tuple[str, str] | None:
        """User and password of Basic credentials."""
        scheme, _, told = self.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "basic":
            return None
        try:
            user, _, password = base64.b64decode(told).decode().partition(":")
        except ValueError:
            return None
        return user, password

    def bearer(self) -> str:
        """The token, or an empty text."""
        scheme, _, told = self.headers.get("authorization", "").partition(" ")
        return told.strip() if scheme.lower() == "bearer" else ""


def query_of(text: str) -> tuple[tuple[str, str], ...]:
    """The pairs of a query string."""
    return tuple(parse_qsl(text, keep_blank_values=True))


@dataclass(frozen=True)
class Answer:
    """An answer. `short_by` bytes of the body are announced and never sent; of a lost one, none."""

    status: int = 200
    body: bytes = b""
    content_type: str = "application/json; charset=utf-8"
    headers: dict[str, str] = field(default_factory=dict)
    delay: float = 0.0
    short_by: int = 0
    is_lost: bool = False

    def but(self, **changed: Any) -> "Answer":
        return replace(self, **changed)


def told(value: Any, status: int = 200) -> Answer:
    """An answer in JSON."""
    return Answer(status, orjson.dumps(value))


def read(body: bytes) -> Any:
    """The JSON of a body; None where there is none. Raises ValueError."""
    return json.loads(body) if body else None


class Refused(Exception):
    """Ends a request with an answer of its own."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.status)
        self.answer = answer


def refusal(status: int, message: str) -> Refused:
    """ASP.NET's short form."""
    return Refused(told({"message": message}, status))


def not_found() -> Refused:
    """The same for what is not there and for what may not be seen."""
    return refusal(404, "The requested resource was not found.")


def crash(kind: str, message: str) -> Answer:
    """A 500 with its stack trace, as ASP.NET shows it to everybody."""
    return told(
        {
            "message": "An error has occurred.",
            "exceptionMessage": message,
            "exceptionType": kind,
            "stackTrace": "   at Act.Web.API.Controllers.BaseController.Execute()\r\n   at "
            "System.Web.Http.Controllers.ReflectedHttpActionDescriptor.ExecuteAsync()",
        },
        500,
    )


def locked() -> Answer:
    """What everything but the route that tells of the lock gets from a locked database [I]."""
    return crash("Act.Framework.ActException", "The database is locked.")


def null_reference() -> Answer:
    """What a data route says to a request without credentials: no 401 (seen live)."""
    return crash(
        "System.NullReferenceException", "Object reference not set to an instance of an object."
    )

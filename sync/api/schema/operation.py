"""What is said about one operation: a method on a path."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from sync.api.base import Endpoint

BODY_CODES = (
    "invalid-json", "invalid-request", "batch-too-large", "encoding-unsupported",
    "media-type-unsupported",
)  # fmt: skip
TOKEN_CODES = ("token-invalid", "invalid-request", "device-cloned", "slow-down")


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """A parameter in the path, the query or a header."""

    name: str
    place: Literal["path", "query", "header"]
    description: str
    schema: Mapping[str, Any]
    required: bool = False


@dataclass(frozen=True, kw_only=True)
class Content:
    """What a body may be: one of `shapes` (structs), with an example."""

    shapes: tuple[type, ...]
    example: Any = None
    required: bool = True
    media_type: str = "application/json"


@dataclass(frozen=True, kw_only=True)
class Answer:
    """An answer that is no error."""

    status: int
    description: str
    content: Content | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Operation:
    """A method on a path. `codes`: problems beside those that its view's class implies."""

    method: str
    path: str
    view: type[Endpoint]
    name: str
    tag: str
    summary: str
    description: str
    parameters: tuple[Parameter, ...] = ()
    body: Content | None = None
    answer: Answer
    codes: tuple[str, ...] = ()

    def problem_codes(self) -> set[str]:
        """Every code that this operation may answer."""
        codes = {"maintenance", *self.codes}
        if self.view.needs_token:
            codes.update(TOKEN_CODES)
            codes.update({"account-inactive"} if not self.view.when_inactive else ())
            codes.update({"peer-erased"} if not self.view.when_erased else ())
            codes.update({"role-not-allowed"} if len(self.view.roles) == 1 else ())
        if self.body is not None:
            codes.update(BODY_CODES)
        return codes


def query(name: str, description: str, **schema: Any) -> Parameter:
    """An optional parameter of the query."""
    return Parameter(name=name, place="query", description=description, schema=schema)


def header(name: str, description: str, *, required: bool = False, **schema: Any) -> Parameter:
    """A header of the request."""
    return Parameter(
        name=name, place="header", description=description, schema=schema, required=required
    )


def in_path(name: str, description: str) -> Parameter:
    """An id in the path."""
    return Parameter(
        name=name,
        place="path",
        description=description,
        schema={"type": "string", "format": "uuid"},
        required=True,
    )

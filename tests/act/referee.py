"""Judges both sides by the table: each answer of the stand-in, each request of the agent.

Strict: a property, route, type or enum outside the table is a violation. Nulls and the table's
`deviationsSeenLive` pass. An answer that a planned fault made or changed is not judged; the
request that met it is.
"""

import sys
from datetime import datetime
from types import ModuleType
from typing import Annotated, Any, Literal, Union

import msgspec
from msgspec import UNSET, Meta, UnsetType, defstruct

from tests.act.answers import Answer, Question
from tests.act.filters import BadQuery
from tests.act.listing import KNOWN, Without, options
from tests.act.table import TABLE, Model, Route

_INT32 = Annotated[int, Meta(ge=-(2**31), le=2**31 - 1)]
_PLAIN: dict[str, Any] = {
    "string": str,
    "dateTime": datetime,
    "boolean": bool,
    "int32": _INT32,
    "int64": int,
    "double": float,
    "object": Any,
    "map": dict[str, str | int | float | bool | None],
}
# `deviationsSeenLive` beside null, which every property but an id may be.
_ON_THE_WIRE: dict[tuple[str, str], Any] = {
    ("Opportunity", "status"): (
        Annotated[int, Meta(ge=0, le=3)] | Literal["Open", "Won", "Lost", "Inactive"]
    ),
    ("RecurDay", "daysOfWeek"): (
        str
        | list[
            Literal["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]
        ]
    ),
    ("ActivityOccurrence", "id"): Annotated[str, Meta(min_length=44, max_length=44)],
}
_ENVELOPED = ("Contact", "Company")
MOST = 200
_models = ModuleType("tests.act.models_of_the_table")
sys.modules[_models.__name__] = _models


def type_of(text: str) -> Any:
    """The Python type of a type in the table's notation."""
    if text.startswith("enum("):
        return Literal[tuple(text[5:-1].split(","))]
    if text.startswith("["):
        return list[type_of(text[1:-1])]  # type: ignore[misc]
    if text == "{string:string}":
        return dict[str, str]
    return _PLAIN.get(text) or getattr(_models, text, None) or f"{text}"


def _optional(model: Model, name: str, type_: str) -> tuple[str, Any, Any]:
    told = _ON_THE_WIRE.get((model.name, name)) or _later(type_)
    nothing = UnsetType if name == "id" else Union[None, UnsetType]  # noqa: UP007
    return name, Union[told, nothing], UNSET  # noqa: UP007


def _later(type_: str) -> Any:
    """Models name each other in circles: all of them by name, found when the first is needed."""
    inner = type_.strip("[]")
    if inner in TABLE.models:
        return f"list[{inner}]" if type_.startswith("[") else inner
    return type_of(type_)


for _model in TABLE.models.values():
    setattr(
        _models,
        _model.name,
        defstruct(
            _model.name,
            [_optional(_model, name, type_) for name, type_ in _model.properties.items()],
            forbid_unknown_fields=True,
            module=_models.__name__,
        ),
    )


class _Envelope(msgspec.Struct, forbid_unknown_fields=True):
    """The list of contacts or companies as live installations send it."""

    value: list[msgspec.Raw]
    Count: int


class Referee:
    """Collects violations: sentences with the side, the route and what was wrong."""

    def __init__(self) -> None:
        self.violations: list[str] = []
        self.judged = 0

    def judge(
        self,
        question: Question,
        matched: tuple[Route, dict[str, str]] | None,
        answer: Answer,
        *,
        is_planned: bool,
    ) -> None:
        """Look at one exchange."""
        self.judged += 1
        if matched is None:
            self._add(
                "request", f"{question.method} {question.path}", "the table has no such route"
            )
            return
        route = matched[0]
        for wrong in request_violations(question, route):
            self._add("request", route.name, wrong)
        if not is_planned:
            for wrong in answer_violations(answer, route):
                self._add("answer", route.name, wrong)

    def _add(self, side: str, route: str, wrong: str) -> None:
        if len(self.violations) < MOST:
            self.violations.append(f"{side}: {route}: {wrong}")


def request_violations(question: Question, route: Route) -> list[str]:
    """What is wrong with a request by the table."""
    found = [wrong for name, value in question.query if (wrong := _parameter(route, name, value))]
    found += _odata(question, route)
    return found + _body(question, route)


def _body(question: Question, route: Route) -> list[str]:
    if route.path == "/api/$batch":
        return []
    if route.body is None:
        return ["a body where the table has none"] if question.body else []
    if not question.body:
        return [f"no body where the table has {route.body}"]
    kind = question.headers.get("content-type", "application/json")
    found = [] if kind.startswith("application/json") else [f"a body as {kind}"]
    return found + _decoded(question.body, route.body)


def answer_violations(answer: Answer, route: Route) -> list[str]:
    """What is wrong with an answer by the table; refusals only have to be of a known kind."""
    if answer.status >= 400:
        known = answer.content_type.startswith(("application/json", "text/html")) or not answer.body
        return [] if known else [f"a refusal as {answer.content_type}"]
    if answer.status != route.status:
        return [f"status {answer.status} for {route.status}"]
    if route.answer is None:
        return ["a body where there is none"] if answer.body else []
    if route.answer in ("text/html JWT", "multipart/mixed"):
        right = answer.content_type.startswith(route.answer.split()[0])
        return [] if right else [f"{answer.content_type} for {route.answer}"]
    return _decoded(answer.body, route.answer)


def _decoded(body: bytes, type_: str) -> list[str]:
    if type_.strip("[]") in _ENVELOPED and type_.startswith("[") and body.startswith(b"{"):
        return _enveloped(body, type_)
    try:
        msgspec.json.decode(body, type=type_of(type_))
    except (msgspec.DecodeError, ValueError) as error:
        return [str(error)]
    return []


def _enveloped(body: bytes, type_: str) -> list[str]:
    try:
        told = msgspec.json.decode(body, type=_Envelope)
        model = type_of(type_.strip("[]"))
        for row in told.value:
            msgspec.json.decode(row, type=model)
    except (msgspec.DecodeError, ValueError) as error:
        return [str(error)]
    right = told.Count == len(told.value)
    return [] if right else [f"Count {told.Count} for {len(told.value)} rows"]


def _parameter(route: Route, name: str, value: str) -> str | None:
    if name.startswith("$"):
        known = name in KNOWN and route.takes_odata
        return None if known else f"the query option {name} is not for this route"
    for told in route.query:
        word, _, allowed = told.partition("=")
        if word.split()[0] == name:
            right = not allowed or value in allowed.split("|")
            return None if right else f"{name} has no value {value!r}"
    return f"the table has no parameter {name} here"


def _odata(question: Question, route: Route) -> list[str]:
    model = TABLE.models.get(route.model or "")
    if not route.takes_odata or model is None:
        return []
    try:
        options(question.options, model, "*", Without())
    except BadQuery as bad:
        return [str(bad)]
    return []

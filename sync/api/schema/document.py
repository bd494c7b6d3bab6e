"""The OpenAPI 3.1 document, put together from the table of operations."""

import functools
import json
from http import HTTPStatus
from pathlib import Path
from typing import Any

import msgspec
from django.conf import settings

from sync.api.problems import TITLES
from sync.api.schema import answers, batches, examples
from sync.api.schema.codes import CODES
from sync.api.schema.operation import Answer, Content, Operation, Parameter, header
from sync.api.schema.operations import OPERATIONS

Json = dict[str, Any]
REF = "#/components/schemas/{name}"
# The copy in the repository, for whoever reads the contract without running the program.
COMMITTED = Path(settings.BASE_DIR) / "docs" / "openapi.json"

_DESCRIPTION = """\
Records travel from an office's server to its devices, and edits travel back, through a mailbox.
Programs ask, the mailbox never calls. JSON in UTF-8; requests may hold unknown members and answers
may gain some; times are RFC 3339 in UTC.

Errors are problem documents (RFC 9457): act on `code`, show `detail`, quote `request_id`. Unknown
paths answer `not-found`, other methods `method-not-allowed`, malformed ids like unknown ones."""

_INSTALL_ID = header(
    "Install-Id",
    "The `install_id` that was paired. Another one answers `device-cloned`: a copy of a "
    "program's data must not read in its place.",
    type="string",
    format="uuid",
)
_CONTENT_ENCODING = header(
    "Content-Encoding", "How the body is compressed.",
    type="string", enum=["identity", "gzip", "zstd"], default="identity",
)  # fmt: skip


@functools.cache
def document() -> Json:
    """The whole document, as plain Python."""
    paths: Json = {}
    for operation in OPERATIONS:
        paths.setdefault(operation.path, {})[operation.method] = _operation(operation)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Handheld Mailbox", "version": "1", "description": _DESCRIPTION},
        "servers": [{"url": "/api/v1"}],
        "tags": [{"name": name} for name in dict.fromkeys(o.tag for o in OPERATIONS)],
        "paths": paths,
        "components": {
            "schemas": _schemas(),
            "securitySchemes": {
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "The token from the pairing: `hhs_…` of a server, `hhd_…` of "
                    "a device.",
                }
            },
        },
    }


def as_text() -> str:
    """The document as it is served and committed."""
    return json.dumps(document(), indent=1, ensure_ascii=False) + "\n"


def _operation(operation: Operation) -> Json:
    parameters = list(operation.parameters)
    if operation.view.needs_token:
        parameters.append(_INSTALL_ID)
    if operation.body is not None:
        parameters.append(_CONTENT_ENCODING)
    body: Json = {
        "operationId": operation.name,
        "tags": [operation.tag],
        "summary": operation.summary,
        "description": operation.description,
        "security": [{"token": []}] if operation.view.needs_token else [],
        "parameters": [_parameter(parameter) for parameter in parameters],
        "responses": {str(operation.answer.status): _answer(operation.answer)},
    }
    if operation.body is not None:
        body["requestBody"] = {
            "required": operation.body.required,
            "content": _content(operation.body),
        }
    return _with_problems(body, operation)


def _with_problems(body: Json, operation: Operation) -> Json:
    by_status: dict[int, list[str]] = {}
    for code in sorted(operation.problem_codes()):
        by_status.setdefault(CODES[code].status, []).append(code)
    for status, codes in sorted(by_status.items()):
        body["responses"][str(status)] = _refusal(status, codes)
    return body


def _refusal(status: int, codes: list[str]) -> Json:
    refusal: Json = {
        "description": "; ".join(f"`{code}`: {TITLES[code]}" for code in codes),
        "content": {
            "application/problem+json": {
                "schema": {
                    "allOf": [
                        {"$ref": REF.format(name="Problem")},
                        {"properties": {"code": {"enum": codes}, "status": {"const": status}}},
                    ]
                },
                "examples": {code: {"value": _problem(status, code)} for code in codes},
            }
        },
    }
    if any(_passes(code) for code in codes):
        refusal["headers"] = {"Retry-After": {"schema": {"type": "integer"}}}
    return refusal


def _problem(status: int, code: str) -> Json:
    example: Json = {
        "type": f"https://mailbox.example.com/api/v1/docs#{code}",
        "title": TITLES[code],
        "status": status,
        "detail": f"{HTTPStatus(status).phrase}: a sentence for people stands here.",
        "code": code,
        "request_id": "4b4e7e0f7c3a4f0d9a3c5e0f1a2b3c4d",
    }
    if code == "snapshot-open":
        example["snapshot"] = examples.SNAPSHOT
    return example | ({"retry_after": 10} if _passes(code) else {})


def _passes(code: str) -> bool:
    """Whether it is worth trying again later."""
    return "retry_after" in CODES[code].remedy


def _parameter(parameter: Parameter) -> Json:
    return {
        "name": parameter.name,
        "in": parameter.place,
        "description": parameter.description,
        "required": parameter.required,
        "schema": dict(parameter.schema),
    }


def _answer(answer: Answer) -> Json:
    body: Json = {"description": answer.description}
    if answer.content is not None:
        body["content"] = _content(answer.content)
    if answer.headers:
        body["headers"] = {
            name: {"description": words, "schema": {"type": "string"}}
            for name, words in answer.headers.items()
        }
    return body


def _content(content: Content) -> Json:
    schemas = [_shape(shape) for shape in content.shapes]
    media: Json = {"schema": schemas[0] if len(schemas) == 1 else {"anyOf": schemas}}
    if content.example is not None:
        media["example"] = content.example
    return {content.media_type: media}


def _shape(shape: type) -> Json:
    if issubclass(shape, msgspec.Struct):
        return {"$ref": REF.format(name=shape.__name__)}
    return {"type": "object" if shape is dict else "string"}


def _schemas() -> Json:
    shapes = [
        shape
        for operation in OPERATIONS
        for content in (operation.body, operation.answer.content)
        if content is not None
        for shape in content.shapes
        if issubclass(shape, msgspec.Struct)
    ]
    shapes += [answers.Problem, batches.ServerBatch, batches.DeviceBatch]
    _, schemas = msgspec.json.schema_components(dict.fromkeys(shapes), ref_template=REF)
    return {name: _portable(schemas[name]) for name in sorted(schemas)}


def _portable(schema: Any) -> Any:
    """Patterns in the words of JavaScript, whose anchors differ; names as titles are noise."""
    if isinstance(schema, list):
        return [_portable(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    made = {name: _portable(value) for name, value in schema.items() if name != "title"}
    if isinstance(made.get("pattern"), str):
        made["pattern"] = made["pattern"].replace(r"\A", "^").replace(r"\Z", "$")
    return made

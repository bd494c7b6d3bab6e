"""The served routes of the table as an OpenAPI document, for requests made up from it."""

from typing import Any

import msgspec

from tests.act.api import is_served
from tests.act.referee import type_of
from tests.act.table import TABLE, Route

_REFUSAL = {"description": "refused"}
_COMPARISONS = [
    "edited ge 2020-01-01T00:00:00Z",
    "id ne ''",
    "edited lt 2000-01-01T00:00:00Z and id eq 'x'",
]


def served(*, reading: bool) -> list[Route]:
    """The routes that the stand-in answers, but for signing in and batches: those that ask with
    GET, or the others."""
    return [r for r in TABLE.routes if (r.method == "GET") is reading and is_served(r)]


def document(ids: dict[str, list[str]], *, reading: bool) -> dict[str, Any]:
    """An OpenAPI document of them; `ids` has real ids for each parameter of a path, by its name."""
    models = [type_of(name) for name in TABLE.models]
    _, components = msgspec.json.schema_components(
        models, ref_template="#/components/schemas/{name}"
    )
    paths: dict[str, Any] = {}
    for route in served(reading=reading):
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route, ids)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Act! Web API, as far as it is served", "version": "1.1.1324.1"},
        "paths": paths,
        "components": {"schemas": components},
    }


def _operation(route: Route, ids: dict[str, list[str]]) -> dict[str, Any]:
    told: dict[str, Any] = {"description": "answered"}
    if route.answer is not None:
        told["content"] = {"application/json": {"schema": _schema(route)}}
    answers = {str(route.status): told}
    for status in ("400", "403", "404", "409"):
        answers[status] = _REFUSAL
    operation: dict[str, Any] = {
        "operationId": route.name,
        "parameters": [*_in_path(route, ids), *_in_query(route, ids)],
        "responses": answers,
    }
    if route.body:
        sent = {"application/json": {"schema": _body(route.body)}}
        operation["requestBody"] = {"required": True, "content": sent}
    return operation


def _body(type_: str) -> dict[str, Any]:
    if type_ in TABLE.models:
        return {"$ref": f"#/components/schemas/{type_}"}
    return {"type": "array", "items": {"type": "string"}, "maxItems": 3}


def _schema(route: Route) -> dict[str, Any]:
    if route.answer is None or route.answer == "[object]":
        return {}
    model = {"$ref": f"#/components/schemas/{route.model}"}
    if not route.answer.startswith("["):
        return model
    rows = {"type": "array", "items": model}
    if route.model not in ("Contact", "Company"):
        return rows
    enveloped = {
        "type": "object",
        "properties": {"value": rows, "Count": {"type": "integer"}},
        "required": ["value", "Count"],
        "additionalProperties": False,
    }
    return {"anyOf": [rows, enveloped]}


def _in_path(route: Route, ids: dict[str, list[str]]) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "in": "path",
            "required": True,
            "schema": {"enum": known_ids(route, name, ids)},
        }
        for name in route.parameters
    ]


def known_ids(route: Route, name: str, ids: dict[str, list[str]]) -> list[str]:
    """Real ids and one that is nobody's. `{id}` is of the kind that the path begins with."""
    first = route.path.split("/")[2].lower()
    return [*ids.get(first if name == "id" else name, []), "00000000-0000-0000-0000-000000000000"]


def _in_query(route: Route, ids: dict[str, list[str]]) -> list[dict[str, Any]]:
    told = [_parameter(name, ids) for name in route.query if name != "odata"]
    if not route.takes_odata or route.model not in TABLE.models:
        return told
    names = [*TABLE.models[route.model].properties]
    schemas: dict[str, Any] = {
        "$top": {"type": "integer", "minimum": 0, "maximum": 50},
        "$skip": {"type": "integer", "minimum": 0, "maximum": 100},
        "$select": {"enum": [*names, f"id,{names[-1]}"]},
        "$orderby": {"enum": ["id", "id desc"]},
    }
    if "edited" in names:
        schemas["$filter"] = {"enum": _COMPARISONS}
        schemas["$orderby"]["enum"] += ["edited", "edited desc"]
    # Without $top a page goes up to the cap: right, and slow.
    return told + [
        {"name": name, "in": "query", "required": name == "$top", "schema": made}
        for name, made in schemas.items()
    ]


def _parameter(text: str, ids: dict[str, list[str]]) -> dict[str, Any]:
    word, _, values = text.partition("=")
    name = word.split()[0]
    if values:
        return {"name": name, "in": "query", "schema": {"enum": values.split("|")}}
    known = [*ids.get(name, ["true"]), "nobody"]
    return {"name": name, "in": "query", "required": name != "showAll", "schema": {"enum": known}}

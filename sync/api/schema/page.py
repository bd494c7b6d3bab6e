"""The OpenAPI document turned into what the page for people shows: rows, words and links."""

import functools
import json
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from sync.api.problems import TITLES
from sync.api.schema.codes import CODES
from sync.api.schema.document import Json, document


@functools.cache
def page() -> Json:
    """Everything that the template names."""
    made = document()
    return {
        "paragraphs": [_marked(text) for text in made["info"]["description"].split("\n\n")],
        "groups": [_group(made, tag["name"]) for tag in made["tags"]],
        "shapes": [
            _shape(name, schema)
            for name, schema in made["components"]["schemas"].items()
            if name != "Problem"
        ],
        "problem": _shape("Problem", made["components"]["schemas"]["Problem"]),
        "codes": [
            {"code": code, "status": about.status, "title": TITLES[code],
             "remedy": _marked(about.remedy)}
            for code, about in CODES.items()
        ],
    }  # fmt: skip


def _group(made: Json, tag: str) -> Json:
    operations = [
        _operation(method, path, operation)
        for path, methods in made["paths"].items()
        for method, operation in methods.items()
        if operation["tags"] == [tag]
    ]
    return {"name": tag, "operations": operations}


def _operation(method: str, path: str, operation: Json) -> Json:
    body = operation.get("requestBody")
    return {
        "id": operation["operationId"],
        "method": method.upper(),
        "path": path,
        "summary": operation["summary"],
        "description": _marked(operation["description"]),
        "needs_token": bool(operation["security"]),
        "parameters": [
            {**parameter, "description": _marked(parameter["description"]),
             "type": _words(parameter["schema"])}
            for parameter in operation["parameters"]
        ],
        "body": body and {"required": body["required"], **_content(body)},
        "answers": [
            {"status": status, "description": _marked(answer["description"]), **_content(answer)}
            for status, answer in operation["responses"].items()
            if int(status) < 400
        ],
        "refusals": [
            {"status": status, "codes": list(_problems(answer))}
            for status, answer in operation["responses"].items()
            if int(status) >= 400
        ],
    }  # fmt: skip


def _problems(answer: Json) -> Json:
    examples: Json = answer["content"]["application/problem+json"]["examples"]
    return examples


def _content(holder: Json) -> Json:
    for media_type, media in holder.get("content", {}).items():
        example = media.get("example")
        return {
            "media_type": media_type,
            "shapes": _names(media["schema"]),
            "example": "" if example is None else json.dumps(example, indent=2, ensure_ascii=False),
        }
    return {"shapes": []}


def _names(schema: Json) -> list[str]:
    return [_name(option) for option in schema.get("anyOf", [schema]) if "$ref" in option]


def _name(reference: Json) -> str:
    name: str = reference["$ref"].rpartition("/")[2]
    return name


def _shape(name: str, schema: Json) -> Json:
    required = set(schema["required"])
    members = [
        {"name": member, "required": member in required, "type": _words(described),
         "description": _marked(described.get("description", ""))}
        for member, described in schema["properties"].items()
    ]  # fmt: skip
    return {"name": name, "description": _marked(schema["description"]), "members": members}


def _words(schema: Json) -> SafeString:
    """A schema in a few words, with links to the shapes that it names."""
    if "$ref" in schema:
        name = _name(schema)
        return format_html('<a href="#{}">{}</a>', name, name)
    if "anyOf" in schema:
        return format_html_join(" or ", "{}", ((_words(option),) for option in schema["anyOf"]))
    if "enum" in schema:
        return format_html_join(
            ", ", "<code>{}</code>", ((json.dumps(value).strip('"'),) for value in schema["enum"])
        )
    if schema.get("type") == "array":
        return format_html("list of {}{}", _words(schema["items"]), _bounds(schema))
    return format_html("{}{}", _type(schema), _bounds(schema))


def _type(schema: Json) -> str:
    named = schema.get("format") or schema.get("type", "anything")
    return " or ".join(named) if isinstance(named, list) else str(named)


_BOUNDS = {
    "minimum": "from {}", "maximum": "up to {}", "minLength": "at least {} characters",
    "maxLength": "up to {} characters", "minItems": "at least {}", "maxItems": "at most {}",
    "pattern": "{}", "default": "else {}",
}  # fmt: skip


def _bounds(schema: Json) -> SafeString:
    found = [
        (words.format(json.dumps(schema[name]).strip('"')),)
        for name, words in _BOUNDS.items()
        if schema.get(name) is not None
    ]
    return format_html_join("", ", <span>{}</span>", found)


def _marked(text: Any) -> SafeString:
    """Words between backticks as code."""
    parts = (
        format_html("<code>{}</code>", part) if number % 2 else part
        for number, part in enumerate(str(text).split("`"))
    )
    return format_html_join("", "{}", ((part,) for part in parts))

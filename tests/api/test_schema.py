"""The API's description of itself is whole, true to the code, and readable."""

import json
import re
from html.parser import HTMLParser
from typing import Any

import jsonschema_rs
import pytest
from django.core.management import call_command
from django.test import Client

from sync.api.problems import TITLES
from sync.api.schema.codes import CODES
from sync.api.schema.document import COMMITTED, document
from sync.api.schema.operations import OPERATIONS
from sync.api.urls import urlpatterns
from tests.office import said

METHODS = ("get", "post", "put", "delete")
DOCUMENT = document()


def test_the_schema_needs_no_token_and_is_the_committed_copy(db: None) -> None:
    answer = Client().get("/api/v1/schema")
    assert answer["Content-Type"] == "application/json"
    assert said(answer)["openapi"].startswith("3.1")
    assert answer.content.decode() == COMMITTED.read_text(), (
        "docs/openapi.json is outdated: run `manage.py openapi --write`"
    )
    call_command("openapi", "--check")


def test_every_method_of_every_path_is_described() -> None:
    routes: list[Any] = list(urlpatterns)
    served = {
        (method, "/" + re.sub(r"<\w+:(\w+)>", r"{\1}", str(route.pattern)))
        for route in routes
        for method in METHODS
        if hasattr(route.callback.view_class, method)
    }
    assert served == {(operation.method, operation.path) for operation in OPERATIONS}


def test_every_problem_has_a_title_and_a_remedy() -> None:
    assert set(CODES) == set(TITLES) - {"internal"}


def test_the_document_holds_no_loose_ends() -> None:
    text = json.dumps(DOCUMENT)
    named = set(re.findall(r'"#/components/schemas/(\w+)"', text))
    assert named == set(DOCUMENT["components"]["schemas"])
    assert "\\\\A" not in text
    for operation in OPERATIONS:
        described = DOCUMENT["paths"][operation.path][operation.method]
        in_path = {p["name"] for p in described["parameters"] if p["in"] == "path"}
        assert in_path == set(re.findall(r"{(\w+)}", operation.path))
    names = [operation.name for operation in OPERATIONS]
    assert len(names) == len(set(names))


def examples() -> list[Any]:
    """Every example with the schema that it belongs to."""
    found = []
    for path, methods in DOCUMENT["paths"].items():
        for method, operation in methods.items():
            bodies = {"body": operation.get("requestBody", {}), **operation["responses"]}
            for what, body in bodies.items():
                for media in body.get("content", {}).values():
                    shown = [e["value"] for e in media.get("examples", {}).values()]
                    shown += [media["example"]] if "example" in media else []
                    found += [
                        pytest.param(media["schema"], value, id=f"{method} {path} {what} {n}")
                        for n, value in enumerate(shown)
                    ]
    return found


@pytest.mark.parametrize(("schema", "example"), examples())
def test_examples_are_of_the_form_that_is_described(schema: Any, example: Any) -> None:
    jsonschema_rs.validate({**schema, "components": DOCUMENT["components"]}, example)


class Page(HTMLParser):
    """What the page names, links to and loads."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: set[str] = set()
        self.links: set[str] = set()
        self.loaded: set[str] = set()
        self.forbidden: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self.ids.update({values["id"]} if "id" in values else ())
        if tag == "a":
            self.links.add(values["href"])
        elif "href" in values or "src" in values:
            self.loaded.add(values.get("href") or values["src"])
        if tag in ("script", "style") or any(n == "style" or n.startswith("on") for n in values):
            self.forbidden.append(tag)


def test_the_page_for_people_is_whole_and_loads_nothing_from_elsewhere(db: None) -> None:
    answer = Client().get("/api/v1/docs")
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/html")
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    text = answer.content.decode()
    page = Page(text)
    assert '<html lang="en">' in text
    assert page.forbidden == []
    assert all(address.startswith("/static/") for address in page.loaded)
    assert page.loaded
    inside = {link[1:] for link in page.links if link.startswith("#")}
    assert inside <= page.ids
    assert {operation.name for operation in OPERATIONS} <= page.ids & inside
    assert set(CODES) <= page.ids


def test_a_problem_names_the_place_that_explains_it(db: None) -> None:
    told = Client().get("/api/v1/mailbox").json()
    path, _, anchor = told["type"].partition("#")
    assert path.endswith("/api/v1/docs")
    assert anchor in Page(Client().get("/api/v1/docs").content.decode()).ids

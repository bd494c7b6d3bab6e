"""The table of the Act! Web API: its models and routes, as data."""

import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Model:
    """A model; `properties` maps each name to a type in the table's own notation."""

    name: str
    properties: dict[str, str]


@dataclass(frozen=True)
class Route:
    """A route; `answer` is a type in the table's notation or None where nothing is answered."""

    method: str
    path: str
    status: int
    answer: str | None
    query: tuple[str, ...] = ()
    body: str | None = None
    parameters: tuple[str, ...] = field(default=(), compare=False)

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def takes_odata(self) -> bool:
        return "odata" in self.query

    @property
    def model(self) -> str | None:
        """The model of the answer, alone or in a list."""
        return self.answer.strip("[]") if self.answer else None


class Table:
    """All of it, with the way from a request to its route."""

    def __init__(self, data: dict[str, Any]) -> None:
        self.models = {
            name: Model(
                name,
                model["properties"]
                # Properties seen live that the Swagger does not name: texts, all of them.
                | dict.fromkeys(model.get("seenLiveNotInSwagger", ()), "string"),
            )
            for name, model in data["models"].items()
        }
        self.routes = [_route(row) for row in data["routes"]]
        self._patterns = [(route, _pattern(route.path)) for route in self.routes]

    def match(self, method: str, path: str) -> tuple[Route, dict[str, str]] | None:
        """The route of a request and the values in its path; None for one outside the table.

        Letter case does not matter, as nowhere on IIS; a word wins over a parameter.
        """
        found = [
            (route, match.groupdict())
            for route, pattern in self._patterns
            if route.method == method and (match := pattern.fullmatch(path))
        ]
        return min(found, key=lambda pair: len(pair[1]), default=None)


def _route(row: dict[str, Any]) -> Route:
    answer = row["answer"]
    return Route(
        method=row["method"],
        path=row["path"],
        status=row["status"],
        answer=None if answer in (None, "None") else answer,
        query=tuple(row.get("query", ())),
        body=row.get("body"),
        parameters=tuple(re.findall(r"{(\w+)}", row["path"])),
    )


def _pattern(path: str) -> re.Pattern[str]:
    words = re.split(r"({\w+})", path)
    return re.compile(
        "".join(
            f"(?P<{word[1:-1]}>[^/]+)" if word[:1] == "{" else re.escape(word) for word in words
        ),
        re.IGNORECASE,
    )


TABLE = Table(json.loads((Path(__file__).parent / "act-web-api.json").read_text()))

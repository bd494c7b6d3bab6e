"""Lists: OData's options, and pages of whatever has rows."""

import random
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from tests.act.filters import BadQuery, Condition, condition
from tests.act.rendering import Row
from tests.act.table import TABLE, Model

KNOWN = ("$filter", "$orderby", "$top", "$skip", "$select", "$expand")
Order = tuple[tuple[str, bool], ...]
# Properties by which some installations do not filter, and how `--without` names each.
_FILTERS = {"edited": "edited-filter", "startTime": "start-filter"}


class Surface(Protocol):
    """Something with rows: a kind, some of its records, or occurrences of activities."""

    model: str
    # Properties that `cheap` knows; asking for others makes whole rows.
    cheap_paths: frozenset[str]

    @property
    def name(self) -> str:
        """Stands for the same rows as long as nothing is changed."""

    def keys(self, where: Condition) -> Iterable[Any]:
        """Whatever stands for each row; those that `where` surely rules out may be left out."""

    def cheap(self, key: Any) -> Row: ...

    def full(self, key: Any) -> Row: ...


@dataclass(frozen=True)
class Options:
    """The query options of one request."""

    text: str
    where: Condition
    order: Order
    top: int | None
    skip: int
    select: tuple[str, ...]


@dataclass(frozen=True)
class Without:
    """What this installation refuses, each for a kind or (`*`) for all: names of `--without`."""

    names: frozenset[str] = frozenset()

    def has(self, name: str, kind: str = "*") -> bool:
        return name in self.names or f"{name}:{kind}" in self.names


def options(query: dict[str, str], model: Model, kind: str, without: Without) -> Options:
    """The options in a query. Raises BadQuery for what Act! would refuse."""
    for name in query:
        if name.startswith("$") and name not in KNOWN:
            raise BadQuery(f"The query option {name} is not supported.")
    where = condition(query.get("$filter"))
    order = _order(query.get("$orderby", ""))
    select = tuple(filter(None, (name.strip() for name in query.get("$select", "").split(","))))
    for path in (*where.paths, *(path for path, _ in order), *select):
        _known(path, model)
    for path, name in _FILTERS.items():
        if path in where.paths and without.has(name, kind):
            raise BadQuery(f"The property '{path}' cannot be used in the $filter query option.")
    if select and without.has("select", kind):
        raise BadQuery("The query option $select is not supported.")
    if len(order) > 1 and without.has("second-order", kind):
        raise BadQuery("The $orderby can name one property.")
    skip = 0 if without.has("skip", kind) else _count(query.get("$skip", "0"), "$skip")
    top = _count(query["$top"], "$top") if "$top" in query else None
    text = f"{query.get('$filter', '')}|{query.get('$orderby', '')}"
    return Options(text, where, order, top, skip, select)


class Lists:
    """Answers lists page by page; what was found is kept until something changes."""

    def __init__(self, page_cap: int) -> None:
        self.page_cap = page_cap
        self._found: OrderedDict[Any, Sequence[Any]] = OrderedDict()
        self._asked = 0

    def page(self, surface: Surface, asked: Options, version: int) -> list[Row]:
        """The rows of one page, at most so many as the cap."""
        self._asked += 1
        found = self._matching(surface, asked, version)
        size = min(self.page_cap, self.page_cap if asked.top is None else asked.top)
        keys = found[asked.skip : asked.skip + size]
        if [path for path, _ in asked.order] == ["edited"]:
            keys = self._unstable(surface, found, asked.skip, asked.skip + size)
        rows = [surface.full(key) for key in keys]
        return [_only(row, asked.select) for row in rows] if asked.select else rows

    def _matching(self, surface: Surface, asked: Options, version: int) -> Sequence[Any]:
        name = (surface.name, asked.text, version)
        if name not in self._found:
            self._found[name] = _sorted(surface, _where(surface, asked.where), asked.order)
            while len(self._found) > 8:
                self._found.popitem(last=False)
        self._found.move_to_end(name)
        return self._found[name]

    def _unstable(
        self, surface: Surface, found: Sequence[Any], first: int, last: int
    ) -> Sequence[Any]:
        """The page where rows of one `edited` stand in another order at each request.

        So `$skip` shows some of them twice and others never (seen live).
        """
        dice = random.Random(self._asked)
        page = list(found[first:last])
        for edge in {first, last - 1}:
            if not first <= edge < len(found):
                continue
            low, high = _cluster(surface, found, edge)
            mixed = dice.sample(found[low:high], high - low)
            low_in_page, high_in_page = max(low, first), min(high, last)
            page[low_in_page - first : high_in_page - first] = mixed[
                low_in_page - low : high_in_page - low
            ]
        return page


def _cluster(surface: Surface, found: Sequence[Any], place: int) -> tuple[int, int]:
    edited = surface.cheap(found[place])["edited"]
    low = high = place
    while low > 0 and surface.cheap(found[low - 1])["edited"] == edited:
        low -= 1
    while high < len(found) and surface.cheap(found[high])["edited"] == edited:
        high += 1
    return low, high


def _where(surface: Surface, where: Condition) -> list[Any]:
    keys = list(surface.keys(where))
    cheap = [part.test for part in where.parts if part.paths <= surface.cheap_paths]
    dear = [part.test for part in where.parts if not part.paths <= surface.cheap_paths]
    try:
        if cheap:
            keys = [key for key in keys if _all(cheap, surface.cheap(key))]
        if dear:
            keys = [key for key in keys if _all(dear, surface.full(key))]
    except (TypeError, ValueError) as error:
        raise BadQuery("The $filter compares values of different types.") from error
    return keys


def _all(tests: list[Any], row: Row) -> bool:
    return all(test(row) for test in tests)


def _sorted(surface: Surface, keys: list[Any], order: Order) -> list[Any]:
    for path, falling in reversed(order):
        shown = surface.cheap if path in surface.cheap_paths else surface.full
        try:
            keys.sort(key=lambda key: _sort_key(shown(key), path), reverse=falling)
        except TypeError as error:
            raise BadQuery(f"Rows cannot be put in the order of {path}.") from error
    return keys


def _sort_key(row: Row, path: str) -> tuple[bool, Any]:
    value: Any = row
    for name in path.split("/"):
        value = value.get(name) if isinstance(value, dict) else None
    return value is not None, value


def _order(text: str) -> Order:
    made = []
    for words in (part.split() for part in text.split(",") if part.strip()):
        if len(words) > 2 or words[1:] not in ([], ["asc"], ["desc"]):
            raise BadQuery("The $orderby cannot be read.")
        made.append((words[0], words[1:] == ["desc"]))
    return tuple(made)


def _count(text: str, name: str) -> int:
    if not text.isascii() or not text.isdecimal() or int(text) > 2**31 - 1:
        raise BadQuery(f"The value of {name} has to be a number, 0 or above.")
    return int(text)


def _known(path: str, model: Model) -> None:
    """Raise BadQuery for a property that the table does not know."""
    if not is_known(path, model):
        raise BadQuery(f"Could not find a property named '{path}' on type '{model.name}'.")


def is_known(path: str, model: Model) -> bool:
    """Whether a property path is of a model; anything may stand below a free map."""
    first, _, rest = path.partition("/")
    type_ = model.properties.get(first)
    if type_ is None:
        return False
    if not rest or type_ == "map":
        return True
    inner = TABLE.models.get(type_)
    return inner is not None and is_known(rest, inner)


def _only(row: Row, select: tuple[str, ...]) -> Row:
    return {name: row[name] for name in dict.fromkeys(path.partition("/")[0] for path in select)}

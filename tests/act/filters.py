"""`$filter`, parsed by odata-query and turned into a test of rows.

Only what the vendor lists is understood: comparisons, and/or, contains, startswith, endswith,
any(); everything else is refused, as Act! throws at it.
"""

import operator
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from odata_query import ast
from odata_query.exceptions import ODataException
from odata_query.grammar import ODataLexer, ODataParser

from tests.act.times import seconds

Value = Callable[[dict[str, Any]], Any]
_COMPARE: dict[type, Callable[[Any, Any], bool]] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}
_TEXTS: dict[str, Callable[[str, str], bool]] = {
    "contains": lambda text, part: part in text,
    "startswith": str.startswith,
    "endswith": str.endswith,
}
_TIMES = (ast.DateTime, ast.Date)


class BadQuery(Exception):
    """A query option that Act! answers with 400; the text says why."""


@dataclass(frozen=True)
class Part:
    """One of the conditions that all must hold; `paths` are the properties that it looks at."""

    test: Value
    paths: frozenset[str]
    bound: tuple[str, str, int] | None = None


@dataclass(frozen=True)
class Condition:
    """A whole `$filter`."""

    parts: tuple[Part, ...] = ()
    paths: frozenset[str] = field(default_factory=frozenset)

    def bounds(self, name: str) -> tuple[int | None, int | None]:
        """Least and greatest value, in seconds, that a time property can have."""
        told = [part.bound for part in self.parts if part.bound and part.bound[0] == name]
        lows = [at + (sign == "gt") for _, sign, at in told if sign in ("ge", "gt", "eq")]
        highs = [at - (sign == "lt") for _, sign, at in told if sign in ("le", "lt", "eq")]
        return max(lows, default=None), min(highs, default=None)


def condition(text: str | None) -> Condition:
    """The condition of a `$filter`; none is always true. Raises BadQuery."""
    if not text:
        return Condition()
    try:
        tree = ODataParser().parse(ODataLexer().tokenize(text))
    except (ODataException, ValueError) as error:
        raise BadQuery(f"The $filter cannot be read: {error}") from error
    parts = tuple(_part(node) for node in _conjuncts(tree))
    return Condition(parts, frozenset().union(*(part.paths for part in parts)))


def _conjuncts(node: Any) -> list[Any]:
    if isinstance(node, ast.BoolOp) and isinstance(node.op, ast.And):
        return _conjuncts(node.left) + _conjuncts(node.right)
    return [node]


def _part(node: Any) -> Part:
    paths: set[str] = set()
    return Part(_boolean(node, paths, ""), frozenset(paths), _bound(node))


def _bound(node: Any) -> tuple[str, str, int] | None:
    if not isinstance(node, ast.Compare) or not isinstance(node.left, ast.Identifier):
        return None
    if not isinstance(node.right, _TIMES):
        return None
    signs = {ast.Lt: "lt", ast.LtE: "le", ast.Gt: "gt", ast.GtE: "ge", ast.Eq: "eq"}
    sign = signs.get(type(node.comparator))
    return (node.left.name, sign, _time(node.right)) if sign else None


def _boolean(node: Any, paths: set[str], variable: str) -> Value:
    match node:
        case ast.BoolOp():
            left, right = (_boolean(side, paths, variable) for side in (node.left, node.right))
            if isinstance(node.op, ast.And):
                return lambda row: left(row) and right(row)
            return lambda row: left(row) or right(row)
        case ast.Compare():
            return _comparison(node, paths, variable)
        case ast.Call():
            return _call(node, paths, variable)
        case ast.CollectionLambda():
            return _any(node, paths, variable)
    raise BadQuery(f"The $filter uses what is not supported: {type(node).__name__}.")


def _comparison(node: ast.Compare, paths: set[str], variable: str) -> Value:
    path = _path(node.left, paths, variable)
    wanted = _literal(node.right)
    sign = type(node.comparator)
    is_time = isinstance(node.right, _TIMES)

    def value(row: dict[str, Any]) -> Any:
        found = _normal(path(row))
        return seconds(found) if is_time and isinstance(found, str) else found

    if sign in (ast.Eq, ast.NotEq):
        same = sign is ast.Eq
        return lambda row: (value(row) == wanted) is same
    if sign not in _COMPARE:
        raise BadQuery(f"The $filter uses what is not supported: {sign.__name__}.")
    compare = _COMPARE[sign]

    def test(row: dict[str, Any]) -> bool:
        found = value(row)
        if found is None or wanted is None:
            return False
        if isinstance(found, str) is not isinstance(wanted, str):
            raise BadQuery("The $filter compares values of different types.")
        return compare(found, wanted)

    return test


def _call(node: ast.Call, paths: set[str], variable: str) -> Value:
    name = node.func.name
    if name not in _TEXTS or len(node.args) != 2 or not isinstance(node.args[1], ast.String):
        raise BadQuery(f"The $filter uses what is not supported: {name}.")
    path, part, test = (
        _path(node.args[0], paths, variable),
        node.args[1].val.casefold(),
        _TEXTS[name],
    )
    return lambda row: isinstance(found := path(row), str) and test(found.casefold(), part)


def _any(node: ast.CollectionLambda, paths: set[str], variable: str) -> Value:
    if not isinstance(node.operator, ast.Any) or not node.lambda_:
        raise BadQuery("The $filter uses what is not supported: all() or an empty any().")
    owner = _path(node.owner, paths, variable)
    test = _boolean(node.lambda_.expression, set(), node.lambda_.identifier.name)
    return lambda row: any(test(each) for each in owner(row) or ())


def _path(node: Any, paths: set[str], variable: str) -> Value:
    names = _names(node)
    if variable:
        if names[0] != variable:
            raise BadQuery("Inside any() only its own variable can be used.")
        names = names[1:]
    paths.add("/".join(names))
    if len(names) == 1:
        only = names[0]
        return lambda row: row.get(only)

    def value(row: dict[str, Any]) -> Any:
        found: Any = row
        for name in names:
            found = found.get(name) if isinstance(found, dict) else None
        return found

    return value


def _names(node: Any) -> list[str]:
    if isinstance(node, ast.Attribute):
        return [*_names(node.owner), node.attr]
    if isinstance(node, ast.Identifier):
        return [node.name]
    raise BadQuery("The left side of a comparison has to be a property.")


def _literal(node: Any) -> Any:
    if isinstance(node, _TIMES):
        return _time(node)
    if isinstance(node, ast.GUID):
        return node.val.casefold()
    if isinstance(node, ast.Null | ast.String | ast.Integer | ast.Float | ast.Boolean):
        return _normal(node.py_val)
    raise BadQuery("The right side of a comparison has to be a value.")


def _time(node: Any) -> int:
    try:
        return seconds(node.val)
    except ValueError as error:
        raise BadQuery(f"{node.val} is no time.") from error


def _normal(value: Any) -> Any:
    # SQL Server's usual collation knows no case [I].
    return value.casefold() if isinstance(value, str) else value

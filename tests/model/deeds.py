"""What may happen in a run, with how often it is drawn.

Hypothesis gives every rule the same chance and leaves half of them out of each run. The worst
faults need several kinds of events together, so one rule draws among weighted deeds instead.
"""

from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

from hypothesis.strategies import SearchStrategy

Method = TypeVar("Method", bound=Callable[..., None])


class Deed(NamedTuple):
    """A method by its name, and what is drawn for its arguments."""

    name: str
    times: int
    drawn: dict[str, SearchStrategy[Any]]


def deed(times: int, **drawn: SearchStrategy[Any]) -> Callable[[Method], Method]:
    """Mark a method as something that may happen, `times` as often as what happens once."""

    def mark(method: Method) -> Method:
        method.__dict__["deed"] = Deed(method.__name__, times, drawn)
        return method

    return mark


def deeds_of(machine: type) -> list[Deed]:
    """Every marked method of a class, as often as it is to be drawn."""
    methods = (getattr(machine, name) for name in sorted(dir(machine)))
    found = [method.__dict__["deed"] for method in methods if hasattr(method, "deed")]
    return [one for one in found for _ in range(one.times)]

"""What may happen in a run, and how often it does.

Hypothesis gives every rule the same chance, leaves half of them out of each run, likes simple
values and repeats what it has tried. The worst faults need several kinds of events together, so
it draws one number a run, and dice that start from it throw weighted deeds.
"""

from collections.abc import Callable, Sequence
from random import Random
from typing import Any, NamedTuple, TypeVar

Method = TypeVar("Method", bound=Callable[..., None])
T = TypeVar("T")
Throw = Callable[[Random], Any]


class Deed(NamedTuple):
    """A method by its name, and how its arguments are thrown."""

    name: str
    times: int
    thrown: dict[str, Throw]


def deed(times: int, **thrown: Throw) -> Callable[[Method], Method]:
    """Mark a method as something that may happen, `times` as often as what happens once."""

    def mark(method: Method) -> Method:
        method.__dict__["deed"] = Deed(method.__name__, times, thrown)
        return method

    return mark


def deeds_of(machine: type) -> list[Deed]:
    """Every marked method of a class, as often as it is to be thrown."""
    methods = (getattr(machine, name) for name in sorted(dir(machine)))
    found = [method.__dict__["deed"] for method in methods if hasattr(method, "deed")]
    return [one for one in found for _ in range(one.times)]


def one_of(*values: T) -> Callable[[Random], T]:
    return lambda dice: dice.choice(values)


def several(
    throw: Callable[[Random], T], *, most: int, least: int = 1
) -> Callable[[Random], list[T]]:
    return lambda dice: [throw(dice) for _ in range(dice.randint(least, most))]


def tuple_of(*throws: Throw) -> Callable[[Random], Sequence[Any]]:
    return lambda dice: tuple(throw(dice) for throw in throws)


coin = one_of(False, True)
pick = one_of(*range(12))  # one of a list, whatever its length

"""One line of `doctor`: what was looked at, how it stands, and the remedy."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum

from clients.problems import WireError
from clients.trouble import Exit, Trouble, explain, of_folder


class State(StrEnum):
    """How it stands. A warning keeps nothing from working today."""

    OK = "ok"
    WARNING = "warning"
    TROUBLE = "trouble"


@dataclass(frozen=True)
class Check:
    """`says` is a sentence; where it is not ok, its remedy stands behind the colon.

    `code` is the one that a failed sync reports, `exit_code` what the command ends with for it.
    """

    name: str
    state: State
    says: str
    code: str = ""
    exit_code: Exit = Exit.OK

    def to_json(self) -> dict[str, object]:
        told: dict[str, object] = {"check": self.name, "state": self.state, "says": self.says}
        return told | ({"code": self.code} if self.code else {})

    def line(self) -> str:
        """For a person."""
        return f"{self.state:<8} {self.name:<13} {self.says}"


@dataclass
class Examination:
    """The checks so far, told one by one."""

    checks: list[Check] = field(default_factory=list)

    def ok(self, name: str, says: str) -> None:
        self.checks.append(Check(name, State.OK, says))

    def warning(self, name: str, says: str) -> None:
        self.checks.append(Check(name, State.WARNING, says))

    def trouble(self, name: str, trouble: Trouble) -> None:
        exit_code = trouble.exit_code or Exit.FAILED
        self.checks.append(Check(name, State.TROUBLE, trouble.sentence, trouble.code, exit_code))

    @contextmanager
    def of(self, name: str) -> Iterator[None]:
        """What fails in the body is this check's trouble, and what hangs on it is left out."""
        try:
            yield
        except Trouble as trouble:
            self.trouble(name, trouble)
            raise LeftOut from trouble
        except WireError as error:
            self.trouble(name, explain(error))
            raise LeftOut from error
        except OSError as error:
            self.trouble(name, of_folder(error))
            raise LeftOut from error


class LeftOut(Exception):
    """What a trouble stands in the way of was not looked at."""


def worst(checks: Iterable[Check]) -> State:
    """The worst state of them."""
    states = {check.state for check in checks}
    return next((state for state in (State.TROUBLE, State.WARNING) if state in states), State.OK)


def exit_code(checks: Iterable[Check]) -> int:
    """That of the first trouble; warnings are none."""
    return next((check.exit_code for check in checks if check.state is State.TROUBLE), Exit.OK)

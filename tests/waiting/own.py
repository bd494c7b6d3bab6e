"""A waiting process of a test's own, on the running program's services, without a proxy."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from hhcportal.run import children
from hhcportal.run.places import Places
from hhcportal.run.ports import HOST, free_port
from hhcportal.run.processes import Child, stop, wait_until
from hhcportal.run.progress import alive
from hhcportal.run.temporary import temporary_places
from tests.stack import Stack

STARTS_WITHIN = 60.0


@dataclass(frozen=True)
class Waiting:
    """The process, and where it answers."""

    child: Child
    port: int
    places: Places

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}"

    @property
    def pid(self) -> int:
        return int((self.places.run / "waiting.pid").read_text().split()[0])


@contextmanager
def waiting_process(stack: Stack, **more: str) -> Iterator[Waiting]:
    """Start one; `more` are settings beside the program's."""
    with temporary_places("mailbox-waiting-") as places:
        port = free_port()
        environment = {**stack.environment, **more}
        child = children.start("waiting", places, environment, port)
        try:
            assert wait_until(lambda: alive(HOST, port), STARTS_WITHIN)
            yield Waiting(child, port, places)
        finally:
            stop([child], 10.0)

"""`make run`: services, preparation, then web, worker and beat until somebody says stop."""

import fcntl
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from hhcportal.run.leash import leash
from hhcportal.run.places import Places
from hhcportal.run.ports import portal_port
from hhcportal.run.processes import stop_leftovers
from hhcportal.run.program import Program
from hhcportal.run.steps import Refusal, say, step
from hhcportal.run.stopping import Stopped, Stopping
from hhcportal.run.supervisor import Supervisor


def main() -> int:
    """Run until Ctrl-C or SIGTERM: 0 then; 1 after a sentence about what is missing."""
    stopping = Stopping()
    stopping.listen()
    places = Places.from_environment()
    try:
        places.make()
        with _alone(places):
            left = stop_leftovers(places.run, patience=6.0)
            if left:
                say(f"  ended what an earlier start left running: {', '.join(left)}")
            port = portal_port()
            with leash(places):
                _run(Program(places, port, stopping), stopping)
    except Refusal as refusal:
        say(f"  {refusal}")
        return 1
    except PermissionError as error:
        say(f"  {error.filename} belongs to another user: start as that user, or remove it.")
        return 1
    return 0


def _run(program: Program, stopping: Stopping) -> None:
    supervisor = Supervisor(stopping)
    try:
        program.start(supervisor)
        supervisor.run(program.every_round)
    except Stopped:
        pass
    finally:
        say()
        with step("stopped"):
            supervisor.end()
            program.forget()


@contextmanager
def _alone(places: Places) -> Iterator[None]:
    """One `make run` a folder; the lock goes with the process, however that goes."""
    with (places.run / "lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise Refusal(
                f"It already runs with the data in {places.var}: stop that first (Ctrl-C where "
                "it runs), or start a second checkout on another port."
            ) from None
        yield


if __name__ == "__main__":
    sys.exit(main())

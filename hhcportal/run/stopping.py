"""Ctrl-C, SIGTERM and a closed terminal all ask for the same: an orderly end."""

import signal
import time


class Stopped(Exception):
    """Somebody asked for the end while the program was still starting."""


class Stopping:
    """Remembers that the end was asked for.

    The handler only sets a flag, for an exception out of a handler could fall between the start
    of a child and the note of its id, and leave it running.
    """

    def __init__(self) -> None:
        self.asked = False

    def listen(self) -> None:
        """From here on the signals ask for an orderly end instead of ending at once."""
        for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(name, self._ask)

    def _ask(self, _number: int, _frame: object) -> None:
        self.asked = True

    def check(self) -> None:
        """Raises Stopped once the end was asked for."""
        if self.asked:
            raise Stopped

    def sleep(self, seconds: float) -> None:
        self.check()
        time.sleep(seconds)
        self.check()

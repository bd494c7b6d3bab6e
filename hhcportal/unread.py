"""A body that nobody read is read to its end before the answer goes out.

A server that answers and closes while its caller still sends resets the connection, and the reset
may overtake the answer: a refused program, or the proxy between, would see a broken connection and
try again for ever, where it was told to pair anew.
"""

import threading
from collections.abc import Callable, Iterable
from typing import Any

CHUNK = 65_536
# No body that is worth an answer is longer; the proxy cuts it there as well.
AT_MOST = 8_388_608
# Whoever is refused and then dawdles holds no more threads than these.
AT_ONCE = 8

Environ = dict[str, Any]
Application = Callable[[Environ, Any], Iterable[bytes]]


def reading(application: Application) -> Application:
    """The WSGI application, which never leaves a body of up to `AT_MOST` bytes unread."""
    places = threading.BoundedSemaphore(AT_ONCE)

    def read_to_the_end(environ: Environ, start_response: Any) -> Iterable[bytes]:
        answer = application(environ, start_response)
        if _may_have_body(environ) and places.acquire(blocking=False):
            try:
                _skip(environ["wsgi.input"])
            finally:
                places.release()
        return answer

    return read_to_the_end


def _may_have_body(environ: Environ) -> bool:
    return environ.get("CONTENT_LENGTH") not in (None, "", "0") or (
        "HTTP_TRANSFER_ENCODING" in environ
    )


def _skip(body: Any) -> None:
    left = AT_MOST
    try:
        while left > 0 and (chunk := body.read(CHUNK)):
            left -= len(chunk)
    except OSError:
        pass  # its sender is gone, or its frame is damaged: nothing is left to be read

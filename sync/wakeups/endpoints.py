"""Where a push may go. An endpoint is user input, and this server stands inside somebody's network.

The form is checked when a device subscribes, the address when a connection is made: a name may lead
elsewhere by then.
"""

import ipaddress
import socket
import time
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

import httpcore
from django.conf import settings

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

# An IPv4 address lies in the last 32 bits of these.
NAT64 = ipaddress.ip_network("64:ff9b::/96")
SECONDS = 10.0
READ_AT_MOST = 8192
LONGEST = 2048


class Forbidden(Exception):
    """No push goes there; the words say why."""


def check_form(endpoint: str) -> None:
    """Raises Forbidden unless the endpoint is an https address of a public host.

    http to loopback is allowed where the deployment's setting says so.
    """
    if len(endpoint) > LONGEST or not endpoint.isascii() or not endpoint.isprintable():
        raise Forbidden("It is longer than 2,048 characters, or has others than an address has.")
    try:
        url = urlsplit(endpoint)
        port = url.port
    except ValueError:
        raise Forbidden("It is no address.") from None
    if not url.hostname or url.username is not None or port == 0 or " " in endpoint:
        raise Forbidden("It is no address of a push service.")
    literal = _literal(url.hostname)
    if url.scheme == "https":
        if literal is not None and not is_public(literal):
            raise Forbidden("It leads to an address that is not public.")
    elif not (url.scheme == "http" and _may_be_loopback(url.hostname, literal)):
        raise Forbidden("It does not begin with https://.")


def is_public(address: Address) -> bool:
    """Whether everybody on the Internet would reach the same host there."""
    if isinstance(address, ipaddress.IPv6Address):
        if address in NAT64:
            return is_public(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
        if address.ipv4_mapped or address.sixtofour or address.teredo:
            return False
    return address.is_global and not address.is_multicast


def is_loopback(address: Address) -> bool:
    """Whether it is this machine itself."""
    return address.is_loopback


def origin(endpoint: str) -> str:
    """Scheme, host and port: for whom a signature is made."""
    url = urlsplit(endpoint)
    return f"{url.scheme}://{url.netloc}"


def _literal(host: str) -> Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _may_be_loopback(host: str, literal: Address | None) -> bool:
    here = literal.is_loopback if literal else host == "localhost"
    return here and bool(settings.PUSH_TO_LOOPBACK)


class Line(httpcore.NetworkStream):
    """A connection that ends on time and reads a few KB, however slowly the other side drips."""

    def __init__(self, stream: httpcore.NetworkStream, until: float, left: int) -> None:
        self._stream, self._until, self._left = stream, until, left

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        if self._left <= 0:
            raise httpcore.ReadError("the answer is too long")
        read = self._stream.read(min(max_bytes, self._left), self._seconds(httpcore.ReadTimeout))
        self._left -= len(read)
        return read

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._seconds(httpcore.WriteTimeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: Any, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        seconds = self._seconds(httpcore.ConnectTimeout)
        secured = self._stream.start_tls(ssl_context, server_hostname, seconds)
        return Line(secured, self._until, self._left)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)

    def _seconds(self, too_late: type[Exception]) -> float:
        left = self._until - time.monotonic()
        if left <= 0:
            raise too_late("the push service took too long")
        return left


class PublicNetwork(httpcore.NetworkBackend):
    """Connects to public addresses alone: the one that was checked is the one that is used.

    `loopback`: to this machine alone, for plain http where that is allowed.
    """

    def __init__(self, *, loopback: bool) -> None:
        self._allowed = is_loopback if loopback else is_public
        self._network = httpcore.SyncBackend()
        self._until = time.monotonic() + SECONDS

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        addresses = self._addresses(host, port)
        failure: Exception = httpcore.ConnectError("no address")
        for address in addresses:
            left = self._until - time.monotonic()
            if left <= 0:
                raise httpcore.ConnectTimeout("the push service took too long")
            try:
                stream = self._network.connect_tcp(str(address), port, left)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
            else:
                return Line(stream, self._until, READ_AT_MOST)
        raise failure

    def _addresses(self, host: str, port: int) -> list[Address]:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise httpcore.ConnectError("the name is not known") from error
        addresses = [ipaddress.ip_address(str(entry[4][0]).partition("%")[0]) for entry in found]
        if not all(self._allowed(address) for address in addresses):
            raise httpcore.ConnectError("it leads to an address where no push goes")
        return list(dict.fromkeys(addresses))

"""Where an Act! Web API stands: the addresses that people write, told apart and made one form."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass

import httpx

from clients.trouble import Exit, Trouble

DEFAULT = "http://localhost/act.web.api"
"""The agent stands on the Act! server itself (act-web-api facts: seen live)."""

_FORMS = (
    f"{DEFAULT} on the Act! server itself, https://HOST/act.web.api elsewhere, "
    "or https://HOST/CUSTOMER-api/act.web.api in Act!'s cloud"
)
# What follows was copied along from a browser: a page of the help, or one route.
_WITH_APPLICATION = re.compile(r"(?P<base>(?:/[^/]+)*/act\.web\.api)(?:/.*)?", re.IGNORECASE)
_CUSTOMER = re.compile(r"/[^/]+-api(?:/|$)", re.IGNORECASE)
_HIGHEST_PORT = 65535
_DOCUMENTATION = "apimta.act.com"


@dataclass(frozen=True)
class Address:
    """`base` ends with the Web API's application, `…/act.web.api`, without a slash behind it."""

    base: str
    is_cloud: bool
    is_local: bool

    @property
    def authorize(self) -> str:
        """Where a token is given."""
        return f"{self.base}/authorize"

    def api(self, path: str) -> str:
        """The full address of a route; `path` is what follows `/api/`, such as `contacts`."""
        return f"{self.base}/api/{path}"


def parse(text: str, *, plain_http: bool) -> Address:
    """The address that `text` means. Trouble (usage) where it is none.

    Where only a host is named, or a customer of the cloud (`https://HOST/CUSTOMER-api`), the
    application's usual name is added. Without `plain_http` only this machine is spoken to in
    plain text, for every request carries what opens the database.
    """
    url = _url(text)
    path = _path(text, url.path)
    local = _is_local(url.host)
    if url.scheme == "http" and not (local or plain_http):
        raise _usage(
            f"{text} would send the Act! password over the network in plain text: "
            "use https, or add --plain-http where the network is yours alone."
        )
    if url.host == _DOCUMENTATION:
        raise _usage(
            f"{_DOCUMENTATION} only shows the documentation and refuses everybody: use the address "
            "of your own Act! cloud, such as https://HOST/CUSTOMER-api/act.web.api."
        )
    host = url.netloc.decode("ascii")
    return Address(
        base=f"{url.scheme}://{host}{path}",
        is_cloud=url.host.endswith(".act.com") or _CUSTOMER.match(path) is not None,
        is_local=local,
    )


def _url(text: str) -> httpx.URL:
    try:
        url = httpx.URL(text.strip())
    except (httpx.InvalidURL, UnicodeError) as error:
        raise _usage(f"{text!r} is no address: write {_FORMS}.") from error
    if url.userinfo:
        # Not repeated: what stands there is a password.
        raise _usage(
            "The address of Act! must hold no user and no password: leave them out, "
            "the password is asked for."
        )
    strange = url.query or url.fragment or (url.port or 0) > _HIGHEST_PORT
    if url.scheme not in ("http", "https") or not url.host or strange:
        raise _usage(f"{text!r} is no address of an Act! Web API: write {_FORMS}.")
    return url


def _path(text: str, path: str) -> str:
    if found := _WITH_APPLICATION.fullmatch(path):
        return found["base"]
    if path in ("", "/") or _CUSTOMER.fullmatch(path):
        return f"{path.rstrip('/')}/act.web.api"
    raise _usage(f"{text!r} does not lead to an Act! Web API: write {_FORMS}.")


def _is_local(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _usage(sentence: str) -> Trouble:
    return Trouble(sentence, exit_code=Exit.USAGE)

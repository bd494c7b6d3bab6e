"""Whom this program trusts to vouch for a server."""

from __future__ import annotations

import os
import ssl

import httpx

from clients.trouble import Exit, Trouble

_NAMED_BY = ("SSL_CERT_FILE", "SSL_CERT_DIR")


def trusted() -> ssl.SSLContext:
    """The usual authorities, or those that the environment names instead.

    Raises Trouble where these cannot be read.
    """
    try:
        return httpx.create_ssl_context()
    except OSError as error:
        name = next((name for name in _NAMED_BY if os.environ.get(name)), _NAMED_BY[0])
        raise Trouble(
            f"The authorities that {name} names ({os.environ.get(name, '')}) cannot be read "
            f"({error.strerror or error}): name a file that is there, or take the variable away.",
            exit_code=Exit.USAGE,
        ) from error

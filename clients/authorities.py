"""Whom this program trusts to vouch for a server."""

from __future__ import annotations

import os
import ssl

import httpx

from clients.trouble import Exit, Trouble


def trusted() -> ssl.SSLContext:
    """The usual authorities, or those that the environment names instead.

    Raises Trouble where the file of these is none.
    """
    try:
        return httpx.create_ssl_context()
    except OSError as error:
        named = os.environ.get("SSL_CERT_FILE")
        if not named:
            raise
        why = "no certificate" if isinstance(error, ssl.SSLError) else error.strerror
        raise Trouble(
            f"The authorities that SSL_CERT_FILE names ({named}) cannot be used ({why}): "
            "name a file with certificates in PEM form, or take the variable away.",
            exit_code=Exit.USAGE,
        ) from error

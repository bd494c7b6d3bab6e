"""Tokens: 256 random bits behind a prefix that names the role; only a hash is stored."""

import hashlib
import secrets

_PREFIX = {"server": "hhs_", "device": "hhd_"}


def make(role: str) -> str:
    """A fresh token for a peer of `role`, to be shown once."""
    return _PREFIX[role] + secrets.token_urlsafe(32)


def digest(token: str) -> bytes:
    """What is stored and looked up. No salt: the token itself is random enough."""
    return hashlib.sha256(token.encode()).digest()


def role_of(token: str) -> str | None:
    """The role that a token's prefix claims, or None where it has no such prefix."""
    return next((role for role, prefix in _PREFIX.items() if token.startswith(prefix)), None)

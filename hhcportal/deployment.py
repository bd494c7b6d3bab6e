"""What Django's `check` warns of that serves nobody, or serves with one wall less."""

from collections.abc import Sequence

from django.conf import settings
from django.core.checks import CheckMessage, Warning
from django.db import DEFAULT_DB_ALIAS

from mailbox import wall


def check_wall(*, databases: Sequence[str] | None = None, **_: object) -> list[CheckMessage]:
    """A warning where tables stand outside the wall: an upgrade rightly runs with it down."""
    if DEFAULT_DB_ALIAS not in (databases or ()):
        return []
    outside = wall.left_out()
    if not outside:
        return []
    return [
        Warning(
            f"The second wall between accounts is down for {', '.join(outside)}.",
            hint="Once no process of an older release runs: manage.py wall up.",
            id="hhcportal.wall",
        )
    ]


def check_proxies(**_: object) -> list[CheckMessage]:
    """A warning where no request behind a proxy that speaks TLS would be known as secure."""
    if settings.TRUSTED_PROXIES or not settings.SECURE_SSL_REDIRECT:
        return []
    return [
        Warning(
            "PORTAL_URL is https and TRUSTED_PROXIES is 0: behind a proxy that speaks TLS every"
            " request is redirected to itself.",
            hint="Set TRUSTED_PROXIES=1, and let the proxy write X-Forwarded-Proto.",
            id="hhcportal.proxies",
        )
    ]

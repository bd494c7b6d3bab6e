"""What stands in a list's cell: badges, times, links."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from accounts.models import Account, is_inactive
from hhcportal.pages.labels import presence_word
from hhcportal.pages.tags import shape
from sync.findings import words
from sync.findings.names import name_of
from sync.models import AccountHealth

NOTHING = "–"
_SOUNDS = {"critical": "critical", "warning": "late"}  # badges are coloured by presence


def column(field: str, label: Any) -> Callable[[Any], Any]:
    """A field, or what a method of the model says, under a heading that is translated."""

    @admin.display(description=label)
    def cell(row: Any) -> Any:
        value = getattr(row, field)
        return value() if callable(value) else value

    return cell


def presence_badge(presence: str, text: str = "") -> SafeString:
    """A presence by shape, word and colour; `text` replaces the word."""
    return format_html(
        '<span class="badge badge-{}">{}{}</span>',
        presence, shape(presence), text or presence_word(presence),
    )  # fmt: skip


def state_badge(state: str) -> SafeString:
    """An account's effective state."""
    kind, drawing = ("critical", "critical") if is_inactive(state) else ("awake", "awake")
    return format_html(
        '<span class="badge badge-{}">{}{}</span>',
        kind, shape(drawing), words.state_of_account(state),
    )  # fmt: skip


def health_badge(health: AccountHealth | None) -> str:
    """The worst finding's name, its code and when it was found in the title."""
    if health is None or not health.worst:
        return NOTHING
    told = words.exact(health.checked_at) if health.checked_at else ""
    return format_html(
        '<span class="badge badge-{}" title="{} · {}">{}{}</span>',
        _SOUNDS.get(health.severity, ""), health.worst, told, shape(health.severity),
        name_of(health.worst),
    )  # fmt: skip


def ago(at: datetime | None, now: datetime) -> str:
    """How long ago, the exact time in the title."""
    if at is None:
        return NOTHING
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        at.astimezone(UTC).isoformat(timespec="seconds"), words.exact(at), words.ago(at, now),
    )  # fmt: skip


def moment(at: datetime | None, now: datetime) -> str:
    """A time by its nearness, the exact one in the title."""
    if at is None:
        return NOTHING
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        at.astimezone(UTC).isoformat(timespec="seconds"), words.exact(at), words.moment(at, now),
    )  # fmt: skip


def account_link(account: Account, text: str = "") -> SafeString:
    """To the account's page."""
    return format_html(
        '<a href="{}">{}</a>',
        reverse("admin:accounts_account_change", args=[account.pk]),
        text or f"{account.number} {words.shown(account.name)}",
    )


def pairs(detail: dict[str, object]) -> str:
    """An audit event's detail: `role: device, name: Pixel 9`."""
    told = (f"{key}: {value}" for key, value in detail.items() if value is not None)
    return words.shown(", ".join(told), 160) if detail else NOTHING


def joined(*parts: str) -> SafeString:
    """Parts of a cell, side by side; what is no markup yet is escaped."""
    return format_html_join(" ", "{}", ((part,) for part in parts))


def counted(badge: SafeString, times: int) -> SafeString:
    """A badge that several share: how many."""
    return badge if times < 2 else joined(badge, f"× {times}")

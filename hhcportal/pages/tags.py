"""Template tags: times, counts, names and shapes as the portal shows them."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime

from django import template
from django.template import Context
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

from hhcportal.pages import labels
from sync.findings import words
from sync.findings.finding import Finding

register = template.Library()

_NUMBER_WITH_WORD = re.compile(r"(?<=\d) (?=[^\W\d])")
ASLEEP = ("server-asleep", "device-asleep")


@register.simple_tag
def shape(name: str) -> SafeString:
    """A small drawing of the sprite; what it means stands beside it in words.

    State is told by shape and word, never by colour alone.
    """
    return format_html(
        '<svg class="shape" viewBox="0 0 16 16" aria-hidden="true"><use href="{}#{}"/></svg>',
        static("sprite.svg"),
        name,
    )


@register.simple_tag(takes_context=True)
def at(context: Context, moment: datetime) -> SafeString:
    """A time by its nearness; the exact one and how long ago stand in the title."""
    now: datetime = context["now"]
    return format_html(
        '<time datetime="{}" title="{} · {}">{}</time>',
        _machine(moment),
        words.exact(moment),
        words.ago(moment, now),
        words.moment(moment, now),
    )


@register.simple_tag(takes_context=True)
def ago(context: Context, moment: datetime) -> SafeString:
    """How long ago, or in how long; the exact time stands in the title."""
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        _machine(moment),
        words.exact(moment),
        words.ago(moment, context["now"]),
    )


@register.simple_tag
def peer_state(state: str) -> str:
    """How a peer ended, in words."""
    return labels.peer_state_word(state)


@register.filter
def sign(finding: Finding) -> str:
    """The shape of a finding: a moon for whoever sleeps, else its severity's."""
    return "asleep" if finding.code in ASLEEP else finding.severity


@register.filter
def name(text: str) -> str:
    """A name that somebody typed, on one line, cut where it is endless."""
    return words.shown(text, 80)


@register.filter
def weekdays(numbers: Iterable[int]) -> str:
    """The names of days, 1 for Monday."""
    return ", ".join(words.weekday(number) for number in numbers)


@register.filter
def unbroken(text: str) -> str:
    """A sentence in which no line begins with what its number counts: `1 h`, `12 records`."""
    return _NUMBER_WITH_WORD.sub("\u00a0", text)


@register.filter
def count(number: int) -> str:
    """A count; from five digits on in groups."""
    return words.number(number)


def _machine(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")

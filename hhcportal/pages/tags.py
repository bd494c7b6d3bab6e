"""Template tags: times, counts, names and shapes as the portal shows them."""

from datetime import UTC, datetime

from django import template
from django.template import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from hhcportal.pages import labels
from sync.findings import words
from sync.findings.finding import Finding

register = template.Library()

ASLEEP = ("server-asleep", "device-asleep")

# Shapes on a 16 by 16 grid: state is told by shape and word, never by colour alone.
SHAPES = {
    "awake": '<circle cx="8" cy="8" r="4.5" fill="currentColor"/>',
    "late": '<circle cx="8" cy="8" r="5" fill="none" stroke="currentColor" stroke-width="2"/>'
    '<path d="M8 5v3.2l2 1.4" fill="none" stroke="currentColor" stroke-width="1.6"/>',
    "asleep": '<path d="M11.6 10.8A5.6 5.6 0 0 1 6.4 2.6a5.6 5.6 0 1 0 7 7.2 5.3 5.3 0 0 1-1.8 1z"'
    ' fill="currentColor"/>',
    "never": '<circle cx="8" cy="8" r="4.5" fill="none" stroke="currentColor" stroke-width="1.8"'
    ' stroke-dasharray="2.4 2.2"/>',
    "person": '<circle cx="8" cy="5.2" r="2.9" fill="none" stroke="currentColor"'
    ' stroke-width="1.6"/><path d="M2.6 14c.5-3 2.7-4.4 5.4-4.4s4.9 1.4 5.4 4.4" fill="none"'
    ' stroke="currentColor" stroke-width="1.6" stroke-linecap="round"/>',
    "good": '<path d="M3.2 8.6 6.6 12l6.2-7.4" fill="none" stroke="currentColor"'
    ' stroke-width="2.2" stroke-linecap="round" stroke-linejoin="round"/>',
    "moving": '<path d="M2.5 8h10M8.8 4.2 12.8 8l-4 3.8" fill="none" stroke="currentColor"'
    ' stroke-width="2" stroke-linecap="round" stroke-linejoin="round"/>',
    "warning": '<path d="M8 2.2 14.6 13.6H1.4z" fill="currentColor"/>',
    "critical": '<rect x="3" y="3" width="10" height="10" rx="1.5" fill="currentColor"/>',
    "info": '<circle cx="8" cy="8" r="5.4" fill="none" stroke="currentColor" stroke-width="1.8"/>'
    '<path d="M8 7.4v3.4M8 5.2v.1" stroke="currentColor" stroke-width="1.8"/>',
}


@register.simple_tag
def shape(name: str) -> SafeString:
    """A small drawing; what it means stands beside it in words."""
    return mark_safe(  # noqa: S308 - constants of this file
        f'<svg class="shape" viewBox="0 0 16 16" aria-hidden="true">{SHAPES[name]}</svg>'
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
def count(number: int) -> str:
    """A count; from five digits on in groups."""
    return words.number(number)


def _machine(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")

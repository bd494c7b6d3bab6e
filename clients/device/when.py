"""Times as the office writes them, told in the viewer's own zone."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

from clients.device.language import Language

_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?")
_SOON = timedelta(days=6)


def read(value: object) -> date | datetime | None:
    """A day, or a moment in the viewer's zone; None for whatever is neither.

    A moment without an offset is one of the office's clock, and stays as it was written.
    """
    if not isinstance(value, str):
        return None
    try:
        if _DAY.fullmatch(value):
            return date.fromisoformat(value)
        if _MOMENT.fullmatch(value):
            moment = datetime.fromisoformat(value)
            return moment.astimezone().replace(tzinfo=None) if moment.tzinfo else moment
    except (ValueError, OverflowError):
        pass
    return None


def told(value: object, language: Language, today: date) -> str:
    """In few words, as among colleagues: `Tue 14:00`, `today`, `Fri 9 May 2025`; "" for no time."""
    return _in_words(read(value), language, today)


def told_day(value: object, language: Language, today: date) -> str:
    """The same without an hour."""
    when = read(value)
    return _in_words(when.date() if isinstance(when, datetime) else when, language, today)


def in_full(value: object, language: Language) -> str:
    """With its year; "" for no time."""
    return _in_words(read(value), language, None)


def _in_words(when: date | datetime | None, language: Language, today: date | None) -> str:
    if when is None:
        return ""
    if isinstance(when, datetime):
        return f"{_day(when.date(), language, today)} {when:%H:%M}"
    return _day(when, language, today)


def _day(day: date, language: Language, today: date | None) -> str:
    if today is not None:
        near = {-1: "yesterday", 0: "today", 1: "tomorrow"}.get((day - today).days)
        if near:
            return language(near)
        if today < day <= today + _SOON:
            return language.weekday(day.weekday())
    number = language.day_of_month.format(day.day)
    words = f"{language.weekday(day.weekday())} {number} {language.month(day.month)}"
    return words if today is not None and day.year == today.year else f"{words} {day.year}"

"""The two languages in which the device shows records. English words are their own keys."""

from __future__ import annotations

import locale
import os
from collections.abc import Mapping
from dataclasses import dataclass

LANGUAGES = ("de", "en")

GERMAN = {
    # of lists
    "with": "mit",
    "and {count} more": "und {count} weitere",
    "done": "erledigt",
    "closes {day}": "Abschluss {day}",
    "There are no records of the kind {kind}; kinds here: {known}.": (
        "Es gibt keine Datensätze der Art {kind}; Arten hier: {known}."
    ),
    "none": "keine",
    # of single records
    "only here": "nur hier",
    "version {version}": "Version {version}",
    "Own edit": "Eigene Änderung",
    "Last own edit": "Letzte eigene Änderung",
    "Portal": "Portal",
    "yes": "ja",
    "no": "nein",
    "every {number}.": "jedes {number}. Mal",
    "until {day}": "bis {day}",
    # of edits, by their states
    "unsent": "nicht gesendet",
    "waiting": "unterwegs",
    "collected": "beim Büro",
    "applied": "übernommen",
    "rejected": "abgelehnt",
    "conflict": "Konflikt",
    "expired": "verfallen",
    "lost": "verloren",
    "failed": "fehlgeschlagen",
    "deleted": "gelöscht",
    "series": "die ganze Serie",
    # of time
    "today": "heute",
    "tomorrow": "morgen",
    "yesterday": "gestern",
    "Daily": "täglich",
    "Weekly": "wöchentlich",
    "Monthly": "monatlich",
    "Yearly": "jährlich",
    # of kinds
    "activity": "Termin",
    "company": "Firma",
    "contact": "Kontakt",
    "field": "Feld",
    "group": "Gruppe",
    "history": "Historie",
    "note": "Notiz",
    "opportunity": "Verkaufschance",
    "secondary_contact": "Zweitkontakt",
    # of Act!, as it names its own types and states
    "Open": "offen",
    "Won": "gewonnen",
    "Lost": "verloren",
    "Inactive": "ruht",
    "Call": "Anruf",
    "Meeting": "Besprechung",
    "To-do": "Aufgabe",
    "Personal Activity": "Persönlicher Termin",
    "Vacation": "Urlaub",
    "Call Attempted": "Anruf versucht",
    "Call Completed": "Anruf geführt",
    "Call Received": "Anruf erhalten",
    "Call Left Message": "Nachricht hinterlassen",
    "Meeting Held": "Besprechung gehalten",
    "Meeting Not Held": "Besprechung ausgefallen",
    "To-do Done": "Aufgabe erledigt",
    "To-do Not Done": "Aufgabe nicht erledigt",
    "E-mail Sent": "E-Mail gesendet",
    "Letter Sent": "Brief gesendet",
    "Quote": "Angebot",
    "Field Changed": "Feld geändert",
    "Contact Updated": "Kontakt geändert",
}
_WEEKDAYS = {
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
    "de": ("Mo", "Di", "Mi", "Do", "Fr", "Sa", "So"),
}
_MONTHS = {
    "en": ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
    "de": (
        "Jan.", "Feb.", "März", "Apr.", "Mai", "Juni", "Juli", "Aug.", "Sept.", "Okt.", "Nov.",
        "Dez.",
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Language:
    """`code` is one of LANGUAGES."""

    code: str

    def __call__(self, english: str, **values: object) -> str:
        """The words in this language, with the values in their places.

        What is not known stays as it is: an office names its types and states as it likes.
        """
        words = GERMAN.get(english, english) if self.code == "de" else english
        return words.format(**values) if values else words

    def weekday(self, number: int) -> str:
        """Its short name; Monday is 0."""
        return _WEEKDAYS[self.code][number]

    def month(self, number: int) -> str:
        """Its short name; January is 1."""
        return _MONTHS[self.code][number - 1]

    @property
    def day_of_month(self) -> str:
        """How the number of a day is written before its month."""
        return "{}." if self.code == "de" else "{}"

    def amount(self, value: float) -> str:
        """With two decimals, and thousands kept apart."""
        text = f"{value:,.2f}"
        return text.translate(str.maketrans(",.", ".,")) if self.code == "de" else text


def chosen(named: str | None, environment: Mapping[str, str] = os.environ) -> Language:
    """The language that is named, else that of the terminal, else English."""
    if named is None:
        told = (environment.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
        # Windows has none of these, and tells it by its own call.
        usual = next(filter(None, told), None) or locale.getlocale()[0] or ""
        named = "de" if usual.casefold().startswith(("de", "german")) else "en"
    return Language(named)

"""Makes the demo's CRM records: German and English, in lengths as people write them.

The same seed and day make the same records. Rows are what the CSV files hold: text in every
column.
"""

import random
import uuid
from collections.abc import Callable
from datetime import date, timedelta
from types import ModuleType

from hhcportal.run.demo import english, german

Row = dict[str, str]

WINES = (
    "Riesling Steinberger Höhe", "Silvaner Alte Reben", "Spätburgunder R", "Grauburgunder Kabinett",
    "Riesling Auslese", "Scheurebe feinherb", "Weißburgunder Sekt brut", "Dornfelder Barrique",
)  # fmt: skip
COMPANIES, CONTACTS, ACTIVITIES = 120, 600, 300
NOTES, HISTORIES, OPPORTUNITIES = 400, 900, 80
_LANGUAGES: tuple[ModuleType, ...] = (german, english)


class Writer:
    """Makes one record after the other from one stream of chance."""

    def __init__(self, chance: random.Random, today: date) -> None:
        self._chance = chance
        self._today = today

    def company(self) -> Row:
        words = self._language()
        city, code, dial = self._chance.choice(words.CITIES)
        name = self._chance.choice(words.COMPANIES).format(
            name=self._chance.choice(words.LAST_NAMES)
        )
        return {
            "id": self._id(),
            "name": name,
            "industry": self._chance.choice(words.INDUSTRIES),
            "street": self._street(words),
            "postalCode": code,
            "city": city,
            "country": words.COUNTRY,
            "phone": self._phone(dial),
            "website": f"https://www.{_ascii(name)}.example",
            "employees": str(self._chance.randint(2, 240)),
            "remarks": self._text(words, 1, 3),
        }

    def contact(self, company: Row) -> Row:
        words = _language_of(company)
        first, last = self._chance.choice(words.FIRST_NAMES), self._chance.choice(words.LAST_NAMES)
        dial = " ".join(company["phone"].split()[:2])
        host = company["website"].removeprefix("https://www.")
        return {
            "id": self._id(),
            "fullName": f"{first} {last}",
            "company": company["name"],
            "companyId": company["id"],
            "jobTitle": self._chance.choice(words.JOB_TITLES),
            "email": f"{_ascii(first)}.{_ascii(last)}@{host}",
            "phone": self._phone(dial),
            "mobile": self._phone("+49 171" if words is german else "+44 7700"),
            "street": company["street"],
            "postalCode": company["postalCode"],
            "city": company["city"],
            "country": company["country"],
            "salutation": words.SALUTATION.format(name=f"{first} {last}"),
            "birthday": self._day(-25_000, -8_000),
            "lastReach": self._day(-120, 0),
            "remarks": self._text(words, 0, 2),
        }

    def activity(self, contact: Row) -> Row:
        words = _language_of(contact)
        kind, regarding = self._chance.choice(words.ACTIVITIES)
        hour = self._chance.randint(8, 17)
        day = self._day(-20, 60)
        return {
            "id": self._id(),
            "type": kind,
            "regarding": self._fill(words, regarding),
            **_about(contact),
            "startTime": f"{day}T{hour:02}:00",
            "endTime": f"{day}T{hour + 1:02}:00",
            "location": contact["city"],
            "priority": self._chance.choice(("1", "2", "2", "3")),
            "cleared": "no",
            "details": self._text(words, 0, 3),
        }

    def note(self, contact: Row) -> Row:
        return {
            "id": self._id(),
            **_about(contact),
            "createdOn": self._day(-700, 0),
            "text": self._text(_language_of(contact), 1, 8),
        }

    def history(self, contact: Row) -> Row:
        words = _language_of(contact)
        what = self._chance.choice(words.HISTORIES)
        details = self._text(words, 1, 6)
        if self._chance.random() < 0.3:
            paragraphs = (self._text(words, 2, 4) for _ in range(self._chance.randint(2, 5)))
            details = "\n\n".join((f"{contact['salutation']},", *paragraphs, words.CLOSING))
        return {
            "id": self._id(),
            "type": what,
            "regarding": self._fill(words, self._chance.choice(words.ACTIVITIES)[1]),
            **_about(contact),
            "startTime": f"{self._day(-900, 0)}T{self._chance.randint(8, 17):02}:30",
            "durationMinutes": str(self._chance.choice((5, 10, 15, 30, 60, 90))),
            "details": details,
        }

    def opportunity(self, contact: Row) -> Row:
        words = _language_of(contact)
        wine, bottles = self._chance.choice(WINES), 60 * self._chance.randint(1, 40)
        return {
            "id": self._id(),
            "name": f"{bottles} × {wine}",
            **_about(contact),
            "company": contact["company"],
            "stage": self._chance.choice(words.STAGES),
            "probability": str(10 * self._chance.randint(1, 9)),
            "product": wine,
            "amount": f"{bottles * self._chance.randint(6, 24)}.00",
            "currency": "EUR",
            "estimatedClose": self._day(5, 200),
            "details": self._text(words, 1, 4),
        }

    def stage(self, contact: Row) -> str:
        return str(self._chance.choice(_language_of(contact).STAGES))

    def job_title(self, contact: Row) -> str:
        return str(self._chance.choice(_language_of(contact).JOB_TITLES))

    def mobile(self) -> str:
        return self._phone("+49 171")

    def text(self, contact: Row, least: int, most: int) -> str:
        """`least` to `most` sentences in the contact's language."""
        return self._text(_language_of(contact), least, most)

    def today(self) -> str:
        return self._today.isoformat()

    def _language(self) -> ModuleType:
        return self._chance.choice(_LANGUAGES)

    def _id(self) -> str:
        return str(uuid.UUID(int=self._chance.getrandbits(128), version=4))

    def _street(self, words: ModuleType) -> str:
        street, number = self._chance.choice(words.STREETS), self._chance.randint(1, 120)
        return f"{street} {number}" if words is german else f"{number} {street}"

    def _phone(self, dial: str) -> str:
        return f"{dial} {self._chance.randint(100_000, 9_999_999)}"

    def _day(self, earliest: int, latest: int) -> str:
        """A day as an ISO date, between so many days from today and so many."""
        return (self._today + timedelta(days=self._chance.randint(earliest, latest))).isoformat()

    def _text(self, words: ModuleType, least: int, most: int) -> str:
        count = self._chance.randint(least, most)
        chosen = self._chance.sample(words.SENTENCES, count)
        return " ".join(self._fill(words, sentence) for sentence in chosen)

    def _fill(self, words: ModuleType, sentence: str) -> str:
        return sentence.format(
            wine=self._chance.choice(WINES),
            bottles=6 * self._chance.randint(1, 40),
            month=self._chance.choice(words.MONTHS),
            price=f"{self._chance.randint(50, 290) / 100:.2f}",
            year=self._today.year + 1,
        )


def make(seed: int, today: date) -> dict[str, list[Row]]:
    """Every record of the demo, by the stem of the file that it belongs into."""
    chance = random.Random(seed)  # noqa: S311 - nothing here is a secret
    writer = Writer(chance, today)
    companies = [writer.company() for _ in range(COMPANIES)]
    contacts = [writer.contact(chance.choice(companies)) for _ in range(CONTACTS)]

    def about(make_one: Callable[[Row], Row], count: int) -> list[Row]:
        return [make_one(chance.choice(contacts)) for _ in range(count)]

    return {
        "companies": companies,
        "contacts": contacts,
        "activities": about(writer.activity, ACTIVITIES),
        "notes": about(writer.note, NOTES),
        "histories": about(writer.history, HISTORIES),
        "opportunities": about(writer.opportunity, OPPORTUNITIES),
    }


def _about(contact: Row) -> Row:
    return {"contact": contact["fullName"], "contactId": contact["id"]}


def _language_of(row: Row) -> ModuleType:
    return german if row["country"] == german.COUNTRY else english


def _ascii(name: str) -> str:
    table = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "ë": "e", "á": "a"})
    plain = name.lower().translate(table)
    return "-".join("".join(c if c.isascii() and c.isalnum() else " " for c in plain).split())

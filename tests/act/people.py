"""Contacts and secondary contacts: about 6 KB each on the wire, half of the fields empty."""

import random
from typing import Any

from tests.act import words
from tests.act.draw import Chance, Fate
from tests.act.fields import CUSTOM
from tests.act.times import stamp

Stored = dict[str, Any]
_NO_CUSTOM: dict[str, Any] = {
    field.name: "" if number % 3 else None for number, field in enumerate(CUSTOM["contact"])
}
_NO_ADDRESS = dict.fromkeys(
    ("line1", "line2", "line3", "city", "state", "postalCode", "country"), ""
)
_PHONES = ("business", "mobile", "fax", "home", "alternate", "pager")


def name(fate: Fate) -> tuple[str, str]:
    """First and last name: known without making the whole record, for links show them."""
    return words.FIRST[fate[2] % len(words.FIRST)], words.LAST[fate[3] % len(words.LAST)]


def contact(chance: Chance, kind: str, number: int, fate: Fate) -> Stored:
    """A contact as it was entered; what every record has (owner, times) is added elsewhere."""
    dice = chance.dice(kind, number)
    first, last = name(fate)
    place = words.PLACES[fate[5] % len(words.PLACES)]
    handle = f"{first}.{last}{number}".lower().encode("ascii", "ignore").decode().replace(" ", "")
    firm = _firm_name(dice)
    return {
        "contactType": "Secondary" if kind == "secondary_contact" else "Contact",
        "company": firm,
        "companyID": "",
        "department": dice.choice(words.DEPARTMENTS),
        "namePrefix": dice.choice(("", "", "Dr.", None)),
        "firstName": first,
        "middleName": "",
        "lastName": last,
        "nameSuffix": "",
        "fullName": f"{first} {last}",
        "salutation": first,
        "jobTitle": dice.choice(words.TITLES),
        "idStatus": dice.choices(words.ID_STATUS, (40, 25, 15, 5, 4, 2, 9))[0],
        "referredBy": "",
        "isUser": False,
        "isFavorite": False,
        "isImported": dice.random() < 0.3,
        "importDate": None,
        "emailAddress": f"{handle}@example.com" if dice.random() < 0.8 else "",
        "altEmailAddress": "",
        "personalEmailAddress": None,
        "website": "",
        "birthday": _birthday(dice, number),
        "messengerID": dice.choice(words.STAGES) if dice.random() < 0.4 else "",
        "lastResults": "",
        "lastEmail": None,
        "lastAttempt": None,
        "lastReach": stamp(1_700_000_000 + dice.randrange(40_000_000))
        if dice.random() < 0.5
        else None,
        "lastMeeting": None,
        "lastLetterSent": None,
        "amaScore": None,
        "aemOptOut": False,
        "aemBounceBack": False,
        "quickbooksId": None,
        "nylasContactId": None,
        "businessAddress": _address(dice, place),
        "homeAddress": {**_NO_ADDRESS, "latitude": None, "longitude": None},
        **_phones(dice, place[4]),
        "customFields": _custom(dice, number),
    }


def _firm_name(dice: random.Random) -> str:
    if dice.random() < 0.1:
        return ""
    return " ".join(map(dice.choice, (words.FIRM_HEADS, words.FIRM_TRADES, words.FIRM_FORMS)))


def _birthday(dice: random.Random, number: int) -> str | None:
    if number % 97 == 4:
        return "1984-02-29T00:00:00Z"
    if dice.random() < 0.8:
        return None
    year, month, day = dice.randrange(1940, 2005), dice.randrange(1, 13), dice.randrange(1, 29)
    return f"{year}-{month:02}-{day:02}T00:00:00Z"


def _address(dice: random.Random, place: tuple[str, str, str, str, int]) -> dict[str, Any]:
    city, state, code, country, _ = place
    return {
        "line1": f"{dice.choice(words.STREETS)} {dice.randrange(1, 200)}",
        "line2": "",
        "line3": None,
        "city": city,
        "state": state,
        "postalCode": code,
        "country": country,
        "latitude": None,
        "longitude": None,
    }


def _phones(dice: random.Random, country: int) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for which, share in zip(_PHONES, (0.85, 0.5, 0.2, 0.05, 0.05, 0.0), strict=True):
        given = dice.random() < share
        made[f"{which}Phone"] = (
            f"0{dice.randrange(30, 999)} {dice.randrange(10**5, 10**8)}" if given else ""
        )
        made[f"{which}Extension"] = (
            str(dice.randrange(10, 99)) if given and dice.random() < 0.1 else ""
        )
        made[f"{which}CountryCode"] = country
        made[f"{which}MaskFormat"] = None
    return made


def _custom(dice: random.Random, number: int) -> dict[str, Any]:
    made = dict(_NO_CUSTOM)
    made["user6"] = dice.choice(words.INDUSTRIES) if dice.random() < 0.6 else ""
    made["territory"] = dice.choice(words.TERRITORIES)
    made["priority"] = dice.choice(words.PRIORITIES) if dice.random() < 0.5 else None
    made["rep"] = dice.choice(words.LAST[:14])
    made["credit_limit"] = round(dice.random() * 50_000, 2) if dice.random() < 0.1 else None
    made["visits"] = dice.randrange(30)
    made["newsletter"] = dice.random() < 0.5
    made["contract_end"] = "2028-02-29T00:00:00Z" if number % 50 == 7 else None
    for n in range(1, 1 + dice.randrange(6)):
        made[f"serial_{n}"] = f"SN-{dice.randrange(10**8):08}"
    for n in range(1, 100, 2):
        if dice.random() < 0.9:
            made[f"user_{n}"] = words.SENTENCES[n % len(words.SENTENCES)][: dice.randrange(25, 50)]
    return made

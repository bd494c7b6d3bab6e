"""Companies and groups."""

from typing import Any

from tests.act import words
from tests.act.draw import Chance, Fate
from tests.act.fields import CUSTOM
from tests.act.people import Stored

_EMPTY_ADDRESS = {
    "line1": "", "line2": "", "line3": None, "city": "", "state": "", "postalCode": "",
    "country": "", "latitude": None, "longitude": None,
}  # fmt: skip


def company_name(number: int, fate: Fate) -> str:
    """Known without making the whole record, for links show it."""
    parts = (words.FIRM_HEADS, fate[2]), (words.FIRM_TRADES, fate[3]), (words.FIRM_FORMS, fate[5])
    return " ".join(choice[n % len(choice)] for choice, n in parts) + (
        f" {number}" if number else ""
    )


def group_name(number: int) -> str:
    """The same for a group; the names are unique."""
    round_, which = divmod(number, len(words.GROUPS))
    return words.GROUPS[which] + (f" {round_ + 1}" if round_ else "")


def company(chance: Chance, number: int, fate: Fate) -> Stored:
    """A company. Each seventh is a division of the one before it."""
    dice = chance.dice("company", number)
    city, state, code, country, _ = words.PLACES[fate[7] % len(words.PLACES)]
    address = {**_EMPTY_ADDRESS, "line1": "Industriestr. 1", "city": city, "state": state}
    parent = chance.guid("company", number - 1) if number % 7 == 6 else None
    return {
        "name": company_name(number, fate),
        "address": {**address, "postalCode": code, "country": country},
        "billingAddress": dict(_EMPTY_ADDRESS),
        "shippingAddress": None if number % 3 else dict(_EMPTY_ADDRESS),
        "description": "",
        "division": "Service" if parent else "",
        "fax": "",
        "faxExtension": "",
        "hasDivisions": number % 7 == 5,
        "hierarchyLevel": 1 if parent else 0,
        "idStatus": dice.choice(words.ID_STATUS[:4]),
        "importDate": None,
        "industry": dice.choice(words.INDUSTRIES),
        "numberOfEmployees": dice.randrange(5, 5000),
        "parentID": parent,
        "rootParentID": parent,
        "phone": f"0{dice.randrange(30, 999)} {dice.randrange(10**5, 10**8)}",
        "phoneExtension": "",
        "referredBy": "",
        "region": "",
        "revenue": float(dice.randrange(10**5, 10**8)),
        "sicCode": "",
        "territory": dice.choice(words.TERRITORIES),
        "tickerSymbol": "",
        "tollFreePhone": "",
        "tollFreeExtension": "",
        "website": "www.example.com",
        "customFields": _nothing("company"),
    }


def group(number: int) -> Stored:
    """A group; how many contacts it has is counted when it is shown."""
    return {
        "name": group_name(number),
        "description": "",
        "parentID": None,
        "hasSubgroups": False,
        "hierarchyLevel": 0,
        "importDate": None,
        "address": dict(_EMPTY_ADDRESS),
        "customFields": _nothing("group"),
    }


def _nothing(kind: str) -> dict[str, Any]:
    return {field.name: None for field in CUSTOM[kind]}

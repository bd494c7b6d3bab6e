"""Which fields the made-up office has, by their names in the API and by their labels.

Labels are not names, as on live installations: `Industry` is `customFields/user6`, `Stage` lies in
`messengerID`, and a custom field `referredBy` shadows the system's.
"""

from dataclasses import dataclass
from functools import cache
from typing import Any

from tests.act import words
from tests.act.draw import Chance
from tests.act.table import TABLE

# Act!'s usual labels, where they are not just the name in words.
_LABELS = {
    "contact": {
        "fullName": "Contact",
        "lastName": "Last Name",
        "emailAddress": "E-mail",
        "businessPhone": "Phone",
        "website": "Web Site",
        "idStatus": "ID/Status",
        "messengerID": "Stage",
        "jobTitle": "Title",
        "referredBy": "Referred By",
    },
    "company": {"name": "Company", "website": "Web Site", "idStatus": "ID/Status"},
    "group": {"name": "Group Name"},
    "opportunity": {"name": "Opportunity Name"},
}
_PICKED = {
    ("contact", "idStatus"): "Contact ID/Status",
    ("contact", "messengerID"): "Stage",
    ("contact", "department"): "Departments",
    ("contact", "jobTitle"): "Jobtitles",
    ("company", "industry"): "Industry",
    ("company", "territory"): "Territory",
}
PICKLISTS = {
    "Contact ID/Status": words.ID_STATUS,
    "Stage": words.STAGES,
    "Departments": words.DEPARTMENTS,
    "Jobtitles": words.TITLES,
    "Industry": words.INDUSTRIES,
    "Territory": words.TERRITORIES,
    "Priority Group": words.PRIORITIES,
}
# A value that is not in these is refused; none of the others is limited to its list.
LIMITED = ("Priority Group",)
# Metadata of these is an empty list and no error (seen live).
WITHOUT_METADATA = ("activity", "history", "note", "user", "task")
MODELS = {
    "contact": "Contact",
    "company": "Company",
    "group": "Group",
    "opportunity": "Opportunity",
}


@dataclass(frozen=True)
class Field:
    """A field as the metadata tell it; `name` is what stands in rows."""

    name: str
    label: str
    type: str = "String"
    length: int = 128
    picklist: str | None = None
    is_custom: bool = True


_CONTACT_CUSTOM = (
    Field("user6", "Industry", picklist="Industry"),
    Field("territory", "Territory", picklist="Territory"),
    Field("priority", "Priority", length=8, picklist="Priority Group"),
    Field("rep", "Account Mgr"),
    Field("owner", "Owner"),
    Field("user2", "Cutter User"),
    Field("user3", "Interested in?"),
    Field("referredBy", "Referred By 2"),
    Field("email_2_email", "E-Mail 2"),
    Field("phone_2_phone", "Phone 2", length=32),
    Field("credit_limit", "Credit Limit", "Decimal", 0),
    Field("visits", "Visits", "Integer", 0),
    Field("newsletter", "Newsletter", "YesNo", 0),
    Field("contract_end", "Contract End", "Date", 0),
    *(Field(f"{name}_{n}", f"{name.title()} {n}") for name in ("cutter", "cad", "pf_product",
      "serial", "warranty", "install_date") for n in range(1, 6)),
    *(Field(f"user_{n}", f"User {n}", length=50) for n in range(1, 101)),
)  # fmt: skip
CUSTOM = {
    "contact": _CONTACT_CUSTOM,
    "company": tuple(Field(f"company_user{n}", f"Company User {n}") for n in range(1, 6)),
    "group": tuple(Field(f"group_user{n}", f"Group User {n}") for n in range(1, 10)),
    "opportunity": tuple(Field(f"opportunity_user{n}", f"User {n}") for n in range(1, 9)),
}
_TYPES = {"boolean": "YesNo", "dateTime": "DateTime", "int32": "Integer", "double": "Decimal"}


@cache
def fields(kind: str) -> tuple[Field, ...]:
    """All fields of a kind, the system's first; empty where Act! tells none."""
    if kind not in MODELS:
        return ()
    system = TABLE.models[MODELS[kind]].properties
    return (
        *(
            Field(
                name,
                _LABELS[kind].get(name) or _in_words(name),
                _TYPES.get(type_, "String"),
                128 if type_ == "string" else 0,
                _PICKED.get((kind, name)),
                is_custom=False,
            )
            for name, type_ in system.items()
            if type_ in ("string", "boolean", "dateTime", "int32", "double")
        ),
        *CUSTOM[kind],
    )


def columns(kind: str, chance: Chance) -> list[dict[str, Any]]:
    """The answer of `/api/metadata/{recordType}/fields`. All say `isReadOnly` false (seen live)."""
    return [
        {
            "id": chance.guid(f"field of {kind}", number),
            "name": field.name,
            "columnName": field.name.upper(),
            "recordType": kind,
            "displayName": field.label,
            "dataType": field.type,
            "type": field.type,
            "length": field.length,
            "isCustom": field.is_custom,
            "isReadOnly": False,
            "isNullable": True,
            "isVirtual": False,
            "defaultValue": None,
            "picklist": field.picklist
            and {
                "id": chance.guid("picklist", list(PICKLISTS).index(field.picklist)),
                "name": field.picklist,
                "isLimitToList": field.picklist in LIMITED,
                "isMultiSelect": False,
            },
        }
        for number, field in enumerate(fields(kind))
    ]


def picklists(kind: str, chance: Chance) -> list[dict[str, Any]]:
    """The answer of `/api/metadata/{recordType}/picklists`; its members are [I]."""
    used = {field.picklist for field in fields(kind)} - {None}
    return [
        {
            "id": chance.guid("picklist", number),
            "name": name,
            "isLimitToList": name in LIMITED,
            "items": [{"value": value, "description": ""} for value in values if value],
        }
        for number, (name, values) in enumerate(PICKLISTS.items())
        if name in used
    ]


def _in_words(name: str) -> str:
    spaced = "".join(f" {letter}" if letter.isupper() else letter for letter in name)
    return spaced[:1].upper() + spaced[1:]

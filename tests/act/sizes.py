"""How much the made-up office has of everything."""

from dataclasses import dataclass, replace

# The proportions of the journey's office; what is not named follows the contacts.
_CONTACTS = 17_500
_OF_THEM = {
    "companies": 126,
    "groups": 40,
    "opportunities": 800,
    "histories": 20_000,
    "notes": 9_000,
    "activities": 5_000,
    "series": 300,
    "secondary": 500,
}
# Smaller offices still have a few of each kind.
_AT_LEAST = {"companies": 5, "groups": 4, "opportunities": 5, "series": 3, "secondary": 3}
USERS = 20


@dataclass(frozen=True)
class Sizes:
    """Records of each kind; `series` of the activities recur, the others are single."""

    contacts: int
    companies: int
    groups: int
    opportunities: int
    histories: int
    notes: int
    activities: int
    series: int
    secondary: int

    @property
    def by_kind(self) -> dict[str, int]:
        """The same by the kind's name in the mailbox."""
        return {
            "contact": self.contacts,
            "company": self.companies,
            "group": self.groups,
            "opportunity": self.opportunities,
            "activity": self.activities,
            "note": self.notes,
            "history": self.histories,
            "secondary_contact": self.secondary,
        }


def sizes(contacts: int, **named: int | None) -> Sizes:
    """The sizes of an office of so many contacts; `named` ones win over the proportions."""
    made = Sizes(
        contacts=contacts,
        **{
            name: max(_AT_LEAST.get(name, 0), round(contacts * share / _CONTACTS)) * bool(contacts)
            for name, share in _OF_THEM.items()
        },
    )
    made = replace(made, **{name: n for name, n in named.items() if n is not None})
    return replace(made, series=min(made.series, made.activities))

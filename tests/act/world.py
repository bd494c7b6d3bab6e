"""The office as it was before anybody touched it: every record from seed, kind and number."""

import json
from datetime import UTC, date, datetime, time
from functools import lru_cache

import msgspec

from tests.act import deals, diary, firms, people, words, writing
from tests.act.draw import Chance, Fate
from tests.act.people import Stored
from tests.act.sizes import USERS, Sizes
from tests.act.times import DAY, stamp

PUBLIC, OWN_PRIVATE, PRIVATE, SHARED, LIMITED = range(5)
LEVELS = ("Public", "Private", "Private", "LimitedAccess", "LimitedAccess")
# Only these have access levels beside private or not (the `/access` routes of the table).
WITH_ACCESS = ("contact", "company", "group", "opportunity")
_YEARS_BACK = 8 * 365 * DAY
# So many records got one `edited` by one script (seen live); more than a page of 200.
_CLUSTER, _EACH = 271, 1000
Links = tuple[list[int], list[int], list[int], list[int]]
NO_LINKS: Links = ([], [], [], [])
LINKED = ("contact", "company", "group", "opportunity")
# Making a record takes ten times as long as reading it; so many are some 100 MB.
_REMEMBERED = 20_000


class World:
    """Everything about base records. User 0 is the one by whom programs sign in."""

    def __init__(self, seed: int, sizes: Sizes, week: date) -> None:
        self.chance = Chance(seed)
        self.sizes = sizes
        self.week = week
        self._before = int(datetime.combine(week, time(), UTC).timestamp())
        self._made = lru_cache(_REMEMBERED)(self._make)

    def user_name(self, number: int) -> str:
        """The display name of a user, which is also the name to sign in with."""
        last = words.LAST[(number * 7) % len(words.LAST)]
        return "Anna Berger" if number == 0 else f"{words.FIRST[number % len(words.FIRST)]} {last}"

    def edited(self, kind: str, number: int, fate: Fate) -> int:
        """Seconds since 1970; whole clusters share one."""
        block, place = divmod(number, _EACH)
        if place < min(_CLUSTER, self.sizes.by_kind[kind] // 4):
            fate = self.chance.fate(f"cluster of {kind}", block)
        return self._before - 1 - fate[0] % _YEARS_BACK

    def level(self, kind: str, fate: Fate) -> int:
        """Who may see it: about 2 % are private, and 1.6 % are limited where that exists."""
        drawn = fate[1] % 1000
        if drawn < 8:
            return OWN_PRIVATE
        if drawn < 20:
            return PRIVATE
        if kind not in WITH_ACCESS or drawn >= 36:
            return PUBLIC
        return SHARED if drawn < 28 else LIMITED

    def owner(self, fate: Fate, level: int) -> int:
        """The number of the user who manages it."""
        if level == OWN_PRIVATE:
            return 0
        if level in (PRIVATE, LIMITED):
            return 1 + fate[4] % (USERS - 1)
        return fate[4] % USERS

    def groups_of(self, fate: Fate) -> set[int]:
        """The groups a contact is in: none to three."""
        n = self.sizes.groups
        return {(fate[5] >> 8 * i) % n for i in range(fate[6] % 4)} if n else set()

    def parent_of(self, number: int) -> int:
        """The contact that a secondary contact belongs to; some have several."""
        return (number - number % 3) * self.sizes.contacts // max(1, self.sizes.secondary)

    def links(self, kind: str, fate: Fate) -> Links:
        """The numbers of the contacts, companies, groups and opportunities it is about."""
        if kind not in ("note", "history", "opportunity", "activity"):
            return NO_LINKS
        sizes, turn = self.sizes, fate[7] % 20
        contacts = [fate[2] % sizes.contacts] if sizes.contacts else []
        if turn in (15, 16) and sizes.contacts:
            contacts = list(dict.fromkeys([*contacts, fate[3] % sizes.contacts]))
        companies = [fate[5] % sizes.companies] if turn in (17, 18) and sizes.companies else []
        groups = [fate[6] % sizes.groups] if turn == 18 and sizes.groups else []
        deals = [fate[6] % sizes.opportunities] if turn == 19 and sizes.opportunities else []
        if turn == 17 and companies and kind != "activity":
            contacts = []
        return contacts, companies, groups, [] if kind == "opportunity" else deals

    def row(self, kind: str, number: int) -> Stored:
        """The whole record as it is kept; members with an underscore never leave the stand-in."""
        row: Stored = msgspec.json.decode(self._made(kind, number))
        return row

    def _make(self, kind: str, number: int) -> str:
        fate = self.chance.fate(kind, number)
        level, edited = self.level(kind, fate), self.edited(kind, number, fate)
        created = edited - fate[6] % (2 * 365 * DAY)
        owner = self.owner(fate, level)
        row = self._own_part(kind, number, fate, created)
        row |= {
            "id": self.chance.guid(kind, number),
            "isPrivate": level in (OWN_PRIVATE, PRIVATE),
            "created": stamp(created),
            "edited": stamp(edited),
            "_level": LEVELS[level],
            "_owner": owner,
            "_accessors": self._accessors(level, owner),
            "_links": self.links(kind, fate),
        }
        if kind == "secondary_contact":
            row["_parent"] = self.parent_of(number)
        return json.dumps(row)

    def outline(self, number: int) -> Stored:
        """When an activity is; what `row` has beside that is not made."""
        return diary.outline(self.chance, number, series=self.sizes.series, week=self.week)

    def _own_part(self, kind: str, number: int, fate: Fate, created: int) -> Stored:
        match kind:
            case "contact":
                return self._contact(number, fate)
            case "secondary_contact":
                return people.contact(self.chance, kind, number, fate)
            case "company":
                return firms.company(self.chance, number, fate)
            case "group":
                return firms.group(number)
            case "opportunity":
                return deals.opportunity(self.chance, number, created)
            case "note":
                return writing.note(self.chance, number, created)
            case "history":
                return writing.history(self.chance, number, created)
        return diary.activity(self.chance, number, series=self.sizes.series, week=self.week)

    def _contact(self, number: int, fate: Fate) -> Stored:
        row = people.contact(self.chance, "contact", number, fate)
        if number < min(USERS, self.sizes.contacts // 10):
            return row | {"contactType": "User", "isUser": True}
        # 97.5 % carry the company as free text alone (live).
        if number % 40 == 39 and self.sizes.companies:
            of = fate[6] % self.sizes.companies
            row["companyID"] = self.chance.guid("company", of)
            row["company"] = firms.company_name(of, self.chance.fate("company", of))
        return row

    def _accessors(self, level: int, owner: int) -> list[int]:
        if level == SHARED:
            return sorted({0, owner})
        return [owner] if level == LIMITED else []

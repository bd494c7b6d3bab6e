"""Routes that tell of the installation, its users and its fields, not of records."""

from collections.abc import Callable

from tests.act import deals, fields
from tests.act.answers import Answer, not_found, told
from tests.act.calls import Call, Installation
from tests.act.catalogue import FIXED
from tests.act.database import Database
from tests.act.rendering import Renderer, Row
from tests.act.sizes import USERS
from tests.act.table import TABLE

_PLURALS = {
    "contact": "Contacts", "company": "Companies", "group": "Groups",
    "opportunity": "Opportunities", "activity": "Activities", "note": "Notes",
    "history": "Histories",
}  # fmt: skip


class Facts:
    """Answers calls of these routes, each by a method."""

    def __init__(self, database: Database, renderer: Renderer, here: Installation) -> None:
        self.database, self.renderer, self.here = database, renderer, here

    def system(self, call: Call) -> Answer:
        culture = {"name": "de-DE", "shortDatePattern": "dd.MM.yyyy"}
        return told(
            {"apiVersion": self.here.api_version, "sdkVersion": "24.0.204.0", "update": 8,
             "culture": culture}
        )  # fmt: skip

    def database_lock(self, call: Call) -> Answer:
        self.here.is_locked(self.database.now())
        locked = self.here.lock != "UNLOCK"
        names = TABLE.models["LockResult"].properties
        user = self.database.world.user_name(1)
        return told(
            dict.fromkeys(names)
            | {"lockTypeId": self.here.lock, "lockType": self.here.lock}
            | ({"reasonId": self.here.lock_reason, "username": user} if locked else {})
        )

    def users(self, call: Call) -> Answer:
        return told([self._user(number) for number in range(USERS)])

    def permissions(self, call: Call) -> Answer:
        """What the user may and may not; the names of the rights to write are [I]."""
        sees_all, may = self.database.sees_all, self.here.may
        rights = [("Web API Access", "Other", True)]
        rights += [("Access All Non-Private Data", "Other", True)] * sees_all
        for kind, plural in _PLURALS.items():
            edits = may(kind, "create") and may(kind, "change")
            rights += [(f"Create/Edit {plural}", "CreateEdit", edits),
                       (f"Delete My {plural}", "DeleteMy", may(kind, "delete"))]  # fmt: skip
        chance = self.database.world.chance
        return told(
            [
                {"id": chance.guid("feature", number), "name": name, "alias": name,
                 "description": "", "isAllowed": is_allowed, "type": type_, "category": None}
                for number, (name, type_, is_allowed) in enumerate(rights)
            ]
        )  # fmt: skip

    def accessors(self, call: Call) -> Answer:
        told_ = [self._user(number) for number in range(USERS)]
        return told(
            [{"id": one["id"], "type": "User", "name": one["displayName"]} for one in told_]
        )

    def metadata(self, call: Call) -> Answer:
        kind = call.values.get("recordType", "").lower()
        wanted = [kind] if kind else list(fields.MODELS)
        if kind and kind not in {*fields.MODELS, *fields.WITHOUT_METADATA}:
            raise not_found()
        made = fields.picklists if call.words[-1] == "picklists" else fields.columns
        return told([row for each in wanted for row in made(each, self.database.world.chance)])

    def entities(self, call: Call) -> Answer:
        chance = self.database.world.chance
        names = TABLE.models["Entity"].properties
        return told(
            [
                dict.fromkeys(names)
                | {"id": chance.guid("entity", number), "name": name, "displayName": name,
                   "isCustom": False, "recordType": kind}
                for number, (kind, name) in enumerate(fields.MODELS.items())
            ]
        )  # fmt: skip

    def fixed(self, call: Call) -> Answer:
        """Short lists that are the same everywhere."""
        return told(FIXED[call.route.path](self.database.world.chance))

    def stages(self, call: Call) -> Answer:
        chance = self.database.world.chance
        number = chance.number("process", call.first)
        if number is None or number >= len(deals.PROCESSES):
            raise not_found()
        return told(deals.stages(chance, number))

    def _user(self, number: int) -> Row:
        name = self.database.world.user_name(number)
        first, _, last = name.partition(" ")
        return {
            "id": self.renderer.user_id(number),
            "username": name,
            "role": "Manager" if number == 0 else "Standard",
            "displayName": name,
            "email": f"user{number}@example.com",
            "firstName": first,
            "lastName": last,
            "lastLogOnDate": None,
            "status": "Active",
        }


FACTS: dict[str, Callable[[Facts, Call], Answer]] = {
    "GET /api/system": Facts.system,
    "GET /api/database/maintenance/lock": Facts.database_lock,
    "GET /api/users": Facts.users,
    "GET /api/users/permissions": Facts.permissions,
    "GET /api/users/{userId}/permissions": Facts.permissions,
    "GET /api/accessors": Facts.accessors,
    "GET /api/metadata/entities": Facts.entities,
    "GET /api/metadata/fields": Facts.metadata,
    "GET /api/metadata/{recordType}/fields": Facts.metadata,
    "GET /api/metadata/{recordType}/picklists": Facts.metadata,
    "GET /api/opportunities/processes/{processId}/stages": Facts.stages,
    **{f"GET {path}": Facts.fixed for path in FIXED},
}

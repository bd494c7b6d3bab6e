"""Short lists that are the same in every office of a seed."""

from collections.abc import Callable
from typing import Any

from tests.act import deals
from tests.act.draw import Chance
from tests.act.rendering import Row
from tests.act.sizes import USERS
from tests.act.writing import ACTIVITY_TYPES, HISTORY_TYPES


def _history_types(chance: Chance) -> list[Row]:
    return [
        {"id": number, "name": name, "activityTypeId": "0", "activityTypeName": "Call",
         "description": "", "isActive": True, "isCustom": number > 60, "isDefault": False,
         "isUserRecordable": number not in (3, 13, 51, 52)}
        for number, name in HISTORY_TYPES.items()
    ]  # fmt: skip


def _task_types(chance: Chance) -> list[Row]:
    return [
        {"id": number, "name": name, "description": "", "isActive": True,
         "isCustom": number >= 1000, "isDeletable": False,
         "taskTypeGuid": chance.guid("task type", number), "historyTypes": None,
         "defaultPreferences": None}
        for number, name in ACTIVITY_TYPES.items()
    ]  # fmt: skip


def _priorities(chance: Chance) -> list[Row]:
    names = ("Low", "Medium", "High")
    return [
        {"id": number + 1, "name": name, "description": "", "isActive": True}
        for number, name in enumerate(names)
    ]


def _all_stages(chance: Chance) -> list[Row]:
    return [stage for n in range(len(deals.PROCESSES)) for stage in deals.stages(chance, n)]


def _processes(chance: Chance) -> list[Row]:
    return [deals.process(chance, n, with_stages=True) for n in range(len(deals.PROCESSES))]


def _licence(chance: Chance) -> Row:
    return {"serialNumber": None, "type": "Premium", "userLicenses": USERS}


FIXED: dict[str, Callable[[Chance], Any]] = {
    "/api/history-types": _history_types,
    "/api/task-types": _task_types,
    "/api/task-types/{id}/history-types": _history_types,
    "/api/tasks/priorities": _priorities,
    "/api/opportunities/stages": _all_stages,
    "/api/opportunities/processes": _processes,
    "/api/registration": _licence,
}

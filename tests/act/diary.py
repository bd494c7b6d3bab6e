"""Activities as they are kept: one row a series, single ones included.

Members with an underscore are the diary's own: `_start` (local time without zone), `_minutes`,
`_recur` (None for a single one), and of a series' occurrences, by their original day, `_moved`,
`_gone` and `_cleared`.
"""

import random
from datetime import date, datetime, time, timedelta
from typing import Any

from tests.act import words
from tests.act.draw import Chance
from tests.act.people import Stored
from tests.act.writing import ACTIVITY_TYPES, text

# Series that every office has, for each was a trap once: recurType, days, start, end, endless.
# Days: of the week from Monday = 0, or (month, day) for the two longer kinds.
_NAMED: tuple[dict[str, Any], ...] = (
    {"type": "Daily", "endless": True, "clock": "09:00"},
    {"type": "Weekly", "days": [0, 2], "clock": "14:00", "weeks": 30},
    {"type": "Yearly", "month": 2, "day": 29, "endless": True, "clock": "10:00"},
    {"type": "Monthly", "day": 31, "endless": True, "clock": "16:00"},
    # On the last Sunday of March there is no half past two.
    {"type": "Weekly", "days": [6], "endless": True, "clock": "02:30"},
    {"type": "Weekly", "days": [4], "clock": "11:00"},
)


def outline(chance: Chance, number: int, *, series: int, week: date) -> Stored:
    """When the activity of that number is, around the Monday `week`; the first `series` recur.

    Lists look at thousands of these to show a page: the rest is made for that page alone.
    """
    dice = chance.dice("activity", number)
    recur = _recurrence(dice, number, week) if number < series else None
    start = _start(dice, week, recur)
    dateless = dice.choices(("", "isTimeless", "isAllDay"), (82, 10, 8))[0]
    if dateless:
        start = datetime.combine(start, time())
    return {
        "isTimeless": dateless == "isTimeless",
        "isAllDay": dateless == "isAllDay",
        "isCleared": not recur and start.date() < week and dice.random() < 0.7,
        "_start": start.isoformat(),
        "_minutes": 0 if dateless == "isTimeless" else dice.choice((15, 30, 60, 90)),
        "_recur": recur,
        "_moved": _moved_one(start) if number == 1 and recur else {},
        "_gone": [],
        "_cleared": [],
    }


def activity(chance: Chance, number: int, *, series: int, week: date) -> Stored:
    """The same with everything else that is kept of it."""
    dice = chance.dice("what activity", number)
    type_id = dice.choice(tuple(ACTIVITY_TYPES))
    return {
        "subject": dice.choice(words.SUBJECTS),
        **text("activity", chance, number),
        "location": dice.choice(("", "", "Büro", "Online")),
        "isAlarmed": False,
        "isAlarmCleared": False,
        "leadMinutes": 15,
        "alarmDue": None,
        "activityTypeId": type_id,
        "activityTypeName": ACTIVITY_TYPES[type_id],
        "activityPriorityId": 2,
        "activityPriorityName": "Medium",
        "bannerColor": "#FFFFFF",
        "externalId": None,
        "calendarUid": None,
        "attachment": None,
        **outline(chance, number, series=series, week=week),
    }


def _start(dice: random.Random, week: date, recur: dict[str, Any] | None) -> datetime:
    if recur:
        return datetime.combine(
            date.fromisoformat(recur["start"]), time.fromisoformat(recur["clock"])
        )
    day = week + timedelta(days=dice.randrange(-200, 400))
    return datetime.combine(day, time(dice.randrange(8, 18), dice.choice((0, 30))))


def _recurrence(dice: random.Random, number: int, week: date) -> dict[str, Any]:
    told = _NAMED[number] if number < len(_NAMED) else _drawn(dice)
    start = week - timedelta(days=dice.randrange(20, 400))
    if told["type"] == "Weekly":
        start += timedelta(days=(told["days"][0] - start.weekday()) % 7)
    elif told["type"] == "Monthly":
        start = date(start.year, 1, told["day"])
    elif told["type"] == "Yearly":
        start = date(2024 if told["month"] == 2 else start.year, told["month"], told["day"])
    weeks = told.get("weeks")
    return {
        "type": told["type"],
        "frequency": told.get("frequency", 1),
        "days": told.get("days"),
        "month": told.get("month"),
        "day": told.get("day"),
        "start": start.isoformat(),
        "end": (week + timedelta(weeks=weeks)).isoformat() if weeks else None,
        "endless": told.get("endless", False),
        "clock": told["clock"],
    }


def _drawn(dice: random.Random) -> dict[str, Any]:
    ends: dict[str, Any] = dice.choice(
        ({"weeks": dice.randrange(4, 60)}, {"weeks": dice.randrange(4, 60)}, {"endless": True}, {})
    )
    shape: dict[str, Any] = dice.choice(
        (
            {"type": "Weekly", "days": [dice.randrange(5)], "frequency": dice.choice((1, 2))},
            {"type": "Weekly", "days": [dice.randrange(5)], "frequency": 4},
            {"type": "Monthly", "day": dice.randrange(1, 29)},
            {"type": "Yearly", "month": dice.randrange(3, 12), "day": dice.randrange(1, 29)},
        )
    )
    return {**shape, **ends, "clock": f"{dice.randrange(8, 18):02}:00"}


def _moved_one(start: datetime) -> dict[str, Any]:
    """The second occurrence of the weekly series, put off by a day and a half."""
    day = start + timedelta(weeks=1)
    later = day + timedelta(days=1, hours=2)
    return {day.date().isoformat(): {"_start": later.isoformat(), "_minutes": 45, "edited": None}}

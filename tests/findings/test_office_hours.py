"""Office hours and grace: when a silence is a fault, and from when on."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.management.base import CommandError

from accounts import clock
from accounts.hours import OfficeHours
from tests.findings.scene import Scene
from tests.office import manage, put

BERLIN = ZoneInfo("Europe/Berlin")
WEEKDAYS = OfficeHours([1, 2, 3, 4, 5], time(8), time(18), "Europe/Berlin")
NIGHTS = OfficeHours([5], time(22), time(6), "Europe/Berlin")
ALWAYS = OfficeHours([1, 2, 3, 4, 5, 6, 7], time(0), time(0), "Europe/Berlin")
MONDAY = date(2026, 11, 23)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """A time in Berlin, `day` days after that Monday."""
    moment = datetime.combine(MONDAY, time(hour, minute), BERLIN) + timedelta(days=day)
    return moment.astimezone(UTC)


@pytest.mark.parametrize(
    ("hours", "moment", "opened"),
    [
        (WEEKDAYS, at(0, 7, 59), None),
        (WEEKDAYS, at(0, 8), at(0, 8)),
        (WEEKDAYS, at(0, 17, 59), at(0, 8)),
        (WEEKDAYS, at(0, 18), None),
        (WEEKDAYS, at(5, 12), None),  # Saturday
        (NIGHTS, at(4, 23), at(4, 22)),
        (NIGHTS, at(5, 5, 59), at(4, 22)),  # begun on Friday
        (NIGHTS, at(5, 6), None),
        (NIGHTS, at(6, 5), None),
    ],
)
def test_since_when_the_office_is_open(
    hours: OfficeHours, moment: datetime, opened: datetime | None
) -> None:
    assert hours.opened(moment) == opened


@pytest.mark.parametrize(
    ("hours", "moment", "opens"),
    [
        (WEEKDAYS, at(0, 7, 59), at(0, 8)),
        (WEEKDAYS, at(0, 18), at(1, 8)),
        (WEEKDAYS, at(5, 12), at(7, 8)),  # from Saturday to Monday
        (NIGHTS, at(5, 6), at(11, 22)),
    ],
)
def test_when_a_closed_office_opens(hours: OfficeHours, moment: datetime, opens: datetime) -> None:
    assert hours.opens_next(moment) == opens


def test_an_office_that_never_closes_did_not_open_at_midnight() -> None:
    opened = ALWAYS.opened(at(3, 0, 10))
    assert opened is not None
    assert opened < at(-3, 0)


@pytest.mark.parametrize(
    ("hours", "since", "until", "length"),
    [
        (WEEKDAYS, at(0, 17), at(1, 9), timedelta(hours=2)),
        (WEEKDAYS, at(4, 18), at(7, 8), timedelta(0)),
        (WEEKDAYS, at(0, 0), at(7, 0), timedelta(hours=50)),
        (NIGHTS, at(4, 21), at(5, 7), timedelta(hours=8)),
        # The night of the last Sunday of October has an hour more.
        (ALWAYS, at(-29, 0), at(-28, 0), timedelta(hours=25)),
    ],
)
def test_how_long_it_was_open(
    hours: OfficeHours, since: datetime, until: datetime, length: timedelta
) -> None:
    assert hours.within(since, until) == length


def tomorrow(hour: int, minute: int = 0) -> datetime:
    day = clock.now().astimezone(BERLIN).date() + timedelta(days=1)
    return datetime.combine(day, time(hour, minute), BERLIN)


def severity(scene: Scene, moment: datetime) -> str | None:
    """Of `server-asleep`, as if it were then."""
    found = scene.status("--at", moment.isoformat())["findings"]
    return next((f["severity"] for f in found if f["code"] == "server-asleep"), None)


def open_tomorrow(scene: Scene) -> None:
    day = str(tomorrow(8).isoweekday())
    zone = ("--zone", "Europe/Berlin")
    manage("set_office_hours", scene.office.number, day, "08:00", "18:00", *zone)


def test_a_pc_that_is_off_at_night_is_no_fault(scene: Scene) -> None:
    assert severity(scene, tomorrow(3)) == "critical"
    open_tomorrow(scene)
    assert severity(scene, tomorrow(3)) == "info"
    # Expected when the office opens, and its grace is half an hour.
    assert severity(scene, tomorrow(8, 29)) == "info"
    assert severity(scene, tomorrow(8, 31)) == "critical"
    assert severity(scene, tomorrow(18)) == "info"
    manage("set_office_hours", scene.office.number, "off")
    assert severity(scene, tomorrow(3)) == "critical"


def test_the_answer_stands_before_what_is_only_worth_knowing(scene: Scene) -> None:
    open_tomorrow(scene)
    status = scene.status("--at", tomorrow(3).isoformat())
    assert status["worst"] == "server-asleep"
    assert status["sentence"].startswith("Everything has arrived. Your Act! server has been silent")
    assert status["sentence"].endswith("outside the office hours.")


def test_a_night_counts_among_the_silences_only_where_nobody_goes_home(scene: Scene) -> None:
    scene.begin(scene.server)
    scene.age("9h")
    scene.begin(scene.server)
    scene.age("3h")
    assert "Silent before" in labels(scene)
    weekday = (clock.now() + timedelta(days=3)).astimezone(BERLIN).isoweekday()
    manage("set_office_hours", scene.office.number, str(weekday), "08:00", "18:00")
    assert "Silent before" not in labels(scene)


def labels(scene: Scene) -> set[str]:
    found = {f["code"]: f for f in scene.status()["findings"]}["server-asleep"]
    return {fact["label"] for fact in found["evidence"]}


def test_a_sleep_outside_the_hours_made_nothing_late(scene: Scene) -> None:
    scene.sleep(8, put("first", 2))
    assert "server-slept" in scene.findings()
    weekday = (clock.now() + timedelta(days=3)).astimezone(BERLIN).isoweekday()
    manage("set_office_hours", scene.office.number, str(weekday), "08:00", "18:00")
    assert "server-slept" not in scene.findings()


def test_grace_moves_the_moment_from_which_a_silence_counts(scene: Scene) -> None:
    def presence(role: str) -> str:
        peers = scene.status()["peers"]
        return next(str(peer["presence"]) for peer in peers if peer["role"] == role)

    scene.age("80m")
    told = scene.phone.mailbox()["server"]["state"]
    assert (presence("server"), told) == ("asleep", "asleep")
    manage("set_grace", scene.office.number, "120")
    told = scene.phone.mailbox()["server"]["state"]
    assert (presence("server"), told) == ("late", "late")
    assert scene.findings() == {}
    manage("set_grace", scene.office.number, "interval")
    assert set(scene.findings()) == {"server-asleep"}


@pytest.mark.parametrize(
    "words",
    [
        ("set_grace", "9"),
        ("set_grace", "1441"),
        ("set_grace", "soon"),
        ("set_office_hours", "1-5"),
        ("set_office_hours", "0-5", "08:00", "18:00"),
        ("set_office_hours", "5-1", "08:00", "18:00"),
        ("set_office_hours", "1-5", "8", "18:00"),
        ("set_office_hours", "1-5", "08:00", "24:00"),
        ("set_office_hours", "1-5", "08:00", "18:00", "--zone", "Europe/Atlantis"),
        ("set_office_hours", "1-5", "08:00", "18:00", "--zone", "../etc/passwd"),
    ],
)
def test_what_makes_no_sense_is_refused_with_a_sentence(
    scene: Scene, words: tuple[str, ...]
) -> None:
    command, *rest = words
    with pytest.raises(CommandError, match=r"\.$"):
        manage(command, scene.office.number, *rest)
    manage("account_status", scene.office.number)

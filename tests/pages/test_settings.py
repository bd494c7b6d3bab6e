"""Settings: owners decide for the account, everybody for themselves."""

from datetime import time

import pytest

from accounts.models import Account, AuditEvent, User
from mailbox import keeping
from tests.office import manage, put, said
from tests.pages.person import Person


def account_of(person: Person) -> Account:
    return Account.objects.get(number=person.number)


def actions() -> list[str]:
    return list(AuditEvent.objects.order_by("id").values_list("action", flat=True))


def test_intervals_are_handed_out(petra: Person) -> None:
    phone = petra.pair("device", "Pixel 9")
    page = petra.press("settings/intervals/", server="45", device="5")
    assert "The intervals are saved" in page
    assert phone.mailbox()["poll_after"] == 300
    assert account_of(petra).server_interval == 45
    petra.press("settings/intervals/", server="45", device="5")
    assert actions().count("interval-set") == 2  # the same again is no event


@pytest.mark.parametrize("minutes", ["0", "1441", "-1", "x", "", "1e3", "9" * 30, "\x00"])
def test_what_is_no_interval_is_told_beside_its_field(petra: Person, minutes: str) -> None:
    form = {"server": minutes, "device": "15"}
    answer = petra.browser.post(petra.at("settings/intervals/"), form)
    assert answer.status_code == 400
    assert b"id_server_error" in answer.content
    assert account_of(petra).server_interval == 30


def test_the_grace_is_set_and_goes_back_to_one_interval(petra: Person) -> None:
    assert "The grace is saved." in petra.press("settings/grace/", grace="45")
    assert account_of(petra).grace == 45
    petra.press("settings/grace/", grace="45")
    petra.press("settings/grace/", grace="")
    assert account_of(petra).grace is None
    assert actions().count("grace-set") == 2
    for minutes in ("9", "1441", "soon", "\x00"):
        answer = petra.browser.post(petra.at("settings/grace/"), {"grace": minutes})
        assert answer.status_code == 400
        assert b"id_grace_error" in answer.content
    assert account_of(petra).grace is None


HOURS = {"days": ["1", "2", "5"], "opens": "08:00", "closes": "17:30", "zone": "Europe/Berlin"}


def test_office_hours_are_set_shown_and_taken_back(petra: Person) -> None:
    page = petra.press("settings/hours/", **HOURS)
    assert "The office hours are saved" in page
    petra.press("settings/hours/", **HOURS)
    hours = account_of(petra).office_hours
    assert hours == ([1, 2, 5], time(8), time(17, 30), "Europe/Berlin")
    assert petra.read("settings/").count("checked") == 3
    assert "Monday, Tuesday, Friday, 08:00–17:30, Europe/Berlin" in petra.member(
        "mia@example.com"
    ).seen("settings/")
    page = petra.press("settings/hours/", opens="08:00", closes="17:30", zone="Europe/Berlin")
    assert "There are no office hours now" in page
    assert account_of(petra).office_hours is None
    assert actions().count("office-hours-set") == 2


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("days", "0"), ("days", "8"), ("days", "Monday"), ("days", "\x00"),
        ("opens", ""), ("opens", "25:00"), ("closes", ""), ("closes", "late"),
        ("zone", ""), ("zone", "Mars/Base"), ("zone", "../etc/passwd"),
    ],
)  # fmt: skip
def test_what_are_no_office_hours_is_told_beside_the_field(
    petra: Person, field: str, value: str
) -> None:
    answer = petra.browser.post(petra.at("settings/hours/"), HOURS | {field: value})
    assert answer.status_code == 400
    assert f"id_{field}_error".encode() in answer.content
    assert account_of(petra).office_hours is None


def test_the_copy_is_asked_about_once(petra: Person) -> None:
    assert "On: the mailbox keeps the newest version" in petra.seen("settings/")
    asked = petra.press("settings/copy/", keep="no")
    assert "lets go of each record as soon as every device has it" in asked
    assert keeping.keeps_copy(account_of(petra).pk)
    page = petra.press("settings/copy/", keep="no", confirmed="yes")
    assert "only until every device has it" in page
    assert not keeping.keeps_copy(account_of(petra).pk)
    petra.press("settings/copy/", keep="yes", confirmed="yes")
    assert keeping.keeps_copy(account_of(petra).pk)
    assert petra.browser.post(petra.at("settings/copy/"), {"keep": "?"}).status_code == 400


def test_a_shorter_storage_time_says_what_ends(petra: Person) -> None:
    longer = petra.press("settings/storage/", days="90")
    assert "Nothing else changes." in longer
    shorter = petra.press("settings/storage/", days="7")
    assert "What has waited for more than 7 days ends" in shorter
    assert "cannot be taken back" in shorter
    assert keeping.kept(account_of(petra).pk).days == 60
    petra.press("settings/storage/", days="7", confirmed="yes")
    petra.press("settings/storage/", days="7", confirmed="yes")
    assert keeping.kept(account_of(petra).pk).days == 7
    assert actions().count("storage-set") == 1
    assert petra.browser.post(petra.at("settings/storage/"), {"days": "0"}).status_code == 400


def test_a_member_sees_and_does_not_set(petra: Person) -> None:
    member = petra.member("mia@example.com")
    page = member.seen("settings/")
    assert "every 30 minutes" in page
    assert "60 days" in page
    assert "An owner of the account can change these" in page
    for section, form in (("intervals", {"server": "1", "device": "1"}), ("copy", {"keep": "no"})):
        answer = member.browser.post(member.at(f"settings/{section}/"), form)
        assert answer.status_code == 403
    assert "Your own settings are saved." in member.press("settings/person/", language="en")


def test_ones_own_language_outranks_and_goes_again(petra: Person) -> None:
    petra.browser.post("/language", {"language": "de", "next": "/"})
    assert "Einstellungen" in petra.seen("settings/")
    assert "Your own settings are saved." in petra.press("settings/person/", language="en")
    assert "Settings" in petra.seen("settings/")
    petra.press("settings/person/", language="")
    assert User.objects.get(email=petra.email).language == ""
    assert "Settings" in petra.seen("settings/")  # as the browser asks


def test_times_are_in_the_viewers_zone(petra: Person) -> None:
    said(petra.pair("server", "BÜRO-PC").push(put("a")), 202)
    manage("age", petra.number, "--by", "1d")

    def zone_of(page: str) -> str:
        return petra.read(page).split("<time ")[1].split('title="')[1].split(" ·")[0]

    assert zone_of("activity/").endswith("CET")
    petra.browser.cookies["zone"] = "America/New_York"
    assert zone_of("activity/").endswith("EST")
    petra.press("settings/person/", time_zone="Asia/Tokyo")
    assert zone_of("activity/").endswith("JST")
    petra.press("settings/person/", time_zone="")
    petra.browser.cookies["zone"] = "../../../etc/passwd"
    assert zone_of("activity/").endswith("CET")


@pytest.mark.parametrize(
    "name", ["Mars/Base", "../etc/passwd", "Europe", "Europe/", "/etc/localtime", "x" * 65, "\x00"]
)
def test_what_is_no_zone_is_told(petra: Person, name: str) -> None:
    answer = petra.browser.post(petra.at("settings/person/"), {"time_zone": name})
    assert answer.status_code == 400
    assert b"id_time_zone_error" in answer.content
    petra.browser.cookies["zone"] = name.replace("\x00", "")
    petra.read("settings/")

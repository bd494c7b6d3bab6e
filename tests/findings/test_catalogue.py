"""Each finding: absent while all is well and just before its condition, there, gone once mended."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, NamedTuple

import pytest

from accounts import clock
from sync.findings.catalogue import CATALOGUE
from sync.findings.names import NAMES
from tests.findings.scene import Scene
from tests.office import apply_all, manage, put


class Case(NamedTuple):
    """`almost` comes close and is no finding yet, `breaks` is, `mends` ends it."""

    code: str
    severity: str
    almost: Callable[[Scene], object]
    breaks: Callable[[Scene], object]
    mends: Callable[[Scene], object]


def nothing(scene: Scene) -> None:
    """All is well."""


def late(scene: Scene) -> None:
    """The server's half hour is over, its grace not yet."""
    scene.age("59m")


def second_failure(scene: Scene) -> None:
    scene.sync("failed", "disk-full")


def clean_push(scene: Scene) -> None:
    scene.age("11m")
    scene.change(version=4)


def correct_at_once(scene: Scene) -> None:
    scene.server.deliver(put("bad", 3), **scene.begin(scene.server))


def bad_push(scene: Scene) -> None:
    scene.server.deliver(put("good", 2), {"kind": "contact", "id": "bad", "op": "smash"})


def copy_rests(scene: Scene) -> None:
    scene.use_copy()
    scene.age("23h")


def held_after_success(scene: Scene) -> None:
    scene.sync("ok")
    scene.sync("failed", "mass-delete-held")


def new_tablet(scene: Scene) -> None:
    scene.pair_tablet()
    scene.age("9m")


def nearly_a_minute(scene: Scene) -> None:
    scene.push_unapplied()
    scene.age("55s")


def asleep_with_mail(scene: Scene) -> None:
    scene.age("3h")
    scene.change()


def subscribed_and_asleep(scene: Scene) -> None:
    scene.subscribe()
    asleep_with_mail(scene)


def late_with_mail(scene: Scene) -> None:
    """Expected every fifteen minutes, with a grace of fifteen more."""
    scene.change()
    scene.age("20m")


def room_for(changes: int) -> Callable[[Scene], None]:
    def set_room(scene: Scene) -> None:
        scene.settings.MAILBOX_MAX_CHANGES = changes

    return set_room


def demand_versions(scene: Scene) -> None:
    """The phone's program is just good enough."""
    scene.settings.MIN_CLIENT_VERSIONS = {"device": "0.10", "server": "0.1"}
    scene.begin(scene.phone, client_version="0.10.0")


def unpair_tablet(scene: Scene) -> None:
    scene.pair_tablet()
    said_nothing = scene.tablet.call("DELETE", "/peer")
    assert said_nothing.status_code == 204


def revoke_phone(scene: Scene) -> None:
    manage("revoke", scene.phone.id)


def pair_phone_again(scene: Scene) -> None:
    scene.phone = scene.office.device()


def tell_long_sleep(scene: Scene) -> None:
    """The sleep is told, and nothing had to wait for its end."""
    scene.sleep(9)


def fetch_in_vain(scene: Scene) -> None:
    scene.change()
    scene.fetch(4)


def fetch_in_vain_for_hours(scene: Scene) -> None:
    scene.change()
    scene.fetch(4)
    scene.age("2h")
    scene.fetch(4)


def retry_phone(scene: Scene) -> None:
    manage("retry", scene.phone.id)
    apply_all()


def week_passes(scene: Scene) -> None:
    scene.change()
    scene.age("6d")


CASES = {
    "suspended": Case(
        "account-inactive", "critical",
        lambda scene: scene.set_state("trial"),
        lambda scene: scene.set_state("suspended"),
        lambda scene: scene.set_state("active"),
    ),
    "expired": Case(
        "account-inactive", "critical",
        lambda scene: scene.set_state("active", "--until", "2999-12-31"),
        lambda scene: scene.set_state("active", "--until", "2020-12-31"),
        lambda scene: scene.set_state("active"),
    ),
    "silent server": Case(
        "server-asleep", "critical", late,
        lambda scene: scene.age("2m"),
        lambda scene: scene.server.mailbox(),
    ),
    "phone asleep": Case(
        "device-asleep", "warning",
        lambda scene: scene.age("3h"),  # asleep, but nothing waits
        lambda scene: scene.change(),
        lambda scene: scene.phone.collect(),
    ),
    "phone asleep that nothing can wake": Case(
        "wake-up-impossible", "warning",
        subscribed_and_asleep,
        lambda scene: scene.unsubscribe(),
        lambda scene: scene.phone.collect(),
    ),
    "late phone that nothing can wake": Case(
        "wake-up-impossible", "warning",
        late_with_mail,
        lambda scene: scene.age("20m"),
        lambda scene: scene.subscribe(),
    ),
    "copied phone": Case(
        "shared-mailbox", "critical",
        lambda scene: scene.phone.get("/mailbox", Install_Id=str(scene.phone.install_id)),
        lambda scene: scene.use_copy(),
        lambda scene: scene.pair_copy(),
    ),
    "copied phone that was put away": Case(
        "shared-mailbox", "critical", nothing,
        copy_rests,
        lambda scene: scene.age("61m"),
    ),
    "two failures": Case(
        "sync-failing", "critical",
        lambda scene: scene.sync("failed", "disk-full"),
        second_failure,
        lambda scene: scene.sync("ok"),
    ),
    "a failure that stays": Case(
        "sync-failing", "critical",
        lambda scene: scene.sync("failed", "unreachable"),
        held_after_success,
        lambda scene: scene.sync("ok"),
    ),
    "a night's sleep": Case(
        "server-slept", "info",
        tell_long_sleep,
        lambda scene: scene.sleep(8, put("first", 2)),
        lambda scene: scene.age("25h"),
    ),
    "the last days": Case(
        "subscription-ending", "info",
        lambda scene: scene.end_in(15),
        lambda scene: scene.end_in(12),
        lambda scene: scene.set_state("active"),
    ),
    "the same page again and again": Case(
        "device-stuck", "warning",
        fetch_in_vain,
        lambda scene: scene.fetch(1),
        lambda scene: scene.phone.collect(),
    ),
    "the same page, and the phone begins anew": Case(
        "device-stuck", "warning",
        fetch_in_vain_for_hours,
        lambda scene: scene.fetch(1),
        lambda scene: scene.phone.post("/resync"),
    ),
    "more than a week": Case(
        "waiting-long", "warning",
        week_passes,
        lambda scene: scene.age("25h"),
        lambda scene: scene.phone.collect(),
    ),
    "no room left": Case(
        "mailbox-full", "critical", room_for(2), room_for(1), room_for(2),
    ),
    "fast clock": Case(
        "clock-wrong", "warning",
        lambda scene: scene.tell_clock(4.9),
        lambda scene: scene.tell_clock(5.1),
        lambda scene: scene.tell_clock(0),
    ),
    "slow clock": Case(
        "clock-wrong", "warning",
        lambda scene: scene.tell_clock(-4.9),
        lambda scene: scene.tell_clock(-90),
        lambda scene: scene.tell_clock(0),
    ),
    "old program": Case(
        "client-outdated", "warning",
        demand_versions,
        lambda scene: scene.begin(scene.phone, client_version="0.9.12"),
        lambda scene: scene.begin(scene.phone, client_version="0.11"),
    ),
    "revoked phone": Case("peer-revoked", "warning", unpair_tablet, revoke_phone, pair_phone_again),
    "revoked phone that is not missed": Case(
        "peer-revoked", "warning", nothing, revoke_phone, lambda scene: scene.age("8d")
    ),
    "failed batch of a phone": Case(
        "batch-failed", "critical", nothing,
        lambda scene: scene.fail_edit(),
        retry_phone,
    ),
    "conflict": Case(
        "edits-refused", "warning",
        lambda scene: scene.edit_on_phone("applied"),
        lambda scene: scene.edit_on_phone("conflict"),
        lambda scene: scene.age("8d"),
    ),
    "never synced": Case(
        "never-synced", "warning",
        new_tablet,
        lambda scene: scene.age("2m"),
        lambda scene: scene.tablet.collect(),
    ),
    "refused records": Case("records-refused", "warning", nothing, bad_push, clean_push),
    "refused records, corrected at once": Case(
        "records-refused", "warning", nothing, bad_push, correct_at_once
    ),
    "failed batch": Case(
        "batch-failed", "critical",
        lambda scene: scene.push_unapplied(),
        lambda scene: scene.fail_batch(),
        lambda scene: scene.resend_all(),
    ),
    "slow mailbox": Case(
        "mailbox-slow", "warning",
        nearly_a_minute,
        lambda scene: scene.age("6s"),
        lambda scene: apply_all(),
    ),
    "lost place": Case(
        "resync-needed", "warning", nothing,
        lambda scene: scene.lose_place(),
        lambda scene: scene.phone.post("/resync"),
    ),
    "restored from a backup": Case(
        "resync-needed", "warning",
        lambda scene: scene.restore_elsewhere(),
        lambda scene: scene.restore(),
        lambda scene: scene.begin_again(),
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_a_finding_comes_with_its_cause_and_goes_with_it(scene: Scene, case: Case) -> None:
    assert scene.findings() == {}
    case.almost(scene)
    assert case.code not in scene.findings()
    case.breaks(scene)
    assert scene.findings()[case.code] == case.severity
    told, german = scene.status(), scene.status("--language", "de")
    for finding, other in zip(told["findings"], german["findings"], strict=True):
        check_words(finding, other)
    case.mends(scene)
    assert case.code not in scene.findings()


def check_words(english: dict[str, Any], german: dict[str, Any]) -> None:
    """Both languages say all of it, each in its own words."""
    assert english["code"] == german["code"]
    for said in ("sentence", "remedy"):
        assert english[said], english["code"]
        assert english[said] != german[said], english["code"]
    assert english["evidence"]
    assert len(english["evidence"]) == len(german["evidence"])
    for fact in english["evidence"] + german["evidence"]:
        assert fact["label"], english["code"]
        assert fact["value"] or fact["at"], (english["code"], fact)


@pytest.mark.parametrize(
    ("case", "button"),
    [
        ("copied phone", "connect"),
        ("two failures", "sync-now"),
        ("failed batch", None),  # the server was asked already
        ("failed batch of a phone", "retry"),
        ("revoked phone", "connect"),
        ("silent server", None),
        ("phone asleep", None),
        ("phone asleep that nothing can wake", None),
    ],
)
def test_what_the_portal_can_do_about_it(scene: Scene, case: str, button: str | None) -> None:
    tried = CASES[case]
    tried.almost(scene)
    tried.breaks(scene)
    (found,) = (f for f in scene.status()["findings"] if f["code"] == tried.code)
    assert found["button"] == button


def test_a_sleeping_phone_that_can_be_woken_has_a_button(scene: Scene) -> None:
    subscribed_and_asleep(scene)
    (found,) = scene.status()["findings"][-1:]
    assert (found["code"], found["button"]) == ("device-asleep", "wake-up")
    assert any(fact["label"] == "Next wake-up" for fact in found["evidence"])


def test_every_finding_has_a_case_and_a_name() -> None:
    codes = [entry.code for entry in CATALOGUE]
    tried = {case.code for case in CASES.values()}
    assert set(codes) == tried
    assert codes == list(NAMES)


def test_the_worst_stands_first_and_gives_the_sentence(scene: Scene) -> None:
    scene.edit_on_phone("rejected")
    asleep_with_mail(scene)
    scene.use_copy()
    scene.age("90m")
    scene.set_state("suspended")
    assert list(scene.findings()) == [
        "account-inactive",
        "server-asleep",
        "shared-mailbox",
        "device-asleep",
        "wake-up-impossible",
        "edits-refused",
    ]
    sentence = "This account is suspended: nothing is being collected."
    assert scene.status()["sentence"] == sentence


def test_a_sync_that_the_inactive_account_stopped_is_no_failure_of_its_own(scene: Scene) -> None:
    scene.set_state("suspended")
    scene.sync("failed", "account-inactive")
    scene.sync("failed", "account-inactive")
    assert list(scene.findings()) == ["account-inactive"]
    scene.set_state("active")
    assert scene.findings() == {}


def test_a_silent_office_is_no_cause_of_a_phones_waiting(scene: Scene) -> None:
    scene.change()
    scene.age("20m")  # past the phone's interval: late, not asleep
    assert scene.findings() == {}
    scene.age("50m")
    by_code = {finding["code"]: finding for finding in scene.status()["findings"]}
    assert set(by_code) == {"server-asleep", "device-asleep", "wake-up-impossible"}
    assert by_code["server-asleep"]["peer"] == scene.server.id
    assert by_code["device-asleep"]["peer"] == scene.phone.id


def test_as_if_it_were_later(scene: Scene) -> None:
    scene.change()
    later = scene.status("--at", (clock.now() + timedelta(hours=5)).isoformat())
    assert {f["code"] for f in later["findings"]} == {
        "server-asleep",
        "device-asleep",
        "wake-up-impossible",
    }
    assert scene.findings() == {}


EXPIRED = "Changes for {} expired before they were collected: it collects everything again."
SET_BACK = "The mailbox was set back behind what {} had collected: it collects everything again."
RESTORED = "The mailbox was restored from a backup: {} everything again."


@pytest.mark.parametrize(
    ("breaks", "told"),
    [
        (Scene.lose_place, [SET_BACK.format("Pixel 9")]),
        (Scene.let_expire, [EXPIRED.format("Pixel 9")]),
        (Scene.restore, [RESTORED.format("BÜRO-PC sends"), RESTORED.format("Pixel 9 collects")]),
    ],
)
def test_who_begins_again_is_told_why(
    scene: Scene, breaks: Callable[[Scene], None], told: list[str]
) -> None:
    breaks(scene)

    def sentences(*words: str) -> list[str]:
        found = scene.status(*words)["findings"]
        return [f["sentence"] for f in found if f["code"] == "resync-needed"]

    assert sentences() == told
    assert not set(sentences("--language", "de")) & set(told)

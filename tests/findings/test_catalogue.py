"""Each finding: absent while all is well and just before its condition, there, gone once mended."""

from collections.abc import Callable
from typing import NamedTuple

import pytest

from tests.findings.scene import Scene
from tests.office import apply_all, put


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
    for finding in scene.status()["findings"]:
        assert finding["sentence"]
        assert finding["remedy"]
        assert finding["evidence"]
    case.mends(scene)
    assert case.code not in scene.findings()


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
    assert set(by_code) == {"server-asleep", "device-asleep"}
    assert by_code["server-asleep"]["peer"] == scene.server.id
    assert by_code["device-asleep"]["peer"] == scene.phone.id


def test_as_if_it_were_later(scene: Scene) -> None:
    scene.change()
    later = scene.status("--at", "2999-01-01T00:00:00Z")
    assert {f["code"] for f in later["findings"]} == {"server-asleep", "device-asleep"}
    assert scene.findings() == {}


EXPIRED = "Changes for {} expired before they were collected: it collects everything again."
SET_BACK = "The mailbox was set back behind what {} had collected: it collects everything again."
RESTORED = "The mailbox was restored from a backup: {} collects everything again."


@pytest.mark.parametrize(
    ("breaks", "told"),
    [
        (Scene.lose_place, [SET_BACK.format("Pixel 9")]),
        (Scene.let_expire, [EXPIRED.format("Pixel 9")]),
        (Scene.restore, [RESTORED.format("BÜRO-PC"), RESTORED.format("Pixel 9")]),
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

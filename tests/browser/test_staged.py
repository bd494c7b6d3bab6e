"""What the field knows, brought about by the programs, seen on the overview, and mended."""

from datetime import UTC, datetime

from playwright.sync_api import expect

from tests.browser.scene import Scene


def test_the_office_pc_sleeps_which_outside_office_hours_is_no_fault(scene: Scene) -> None:
    scene.account.age("70m")
    scene.sees("server-asleep", "critical", "has been silent for 1 h 10 min")
    elsewhere = str((datetime.now(UTC).isoweekday() + 2) % 7 + 1)
    scene.manage("set_office_hours", elsewhere, "08:00", "17:30")
    expect(scene.finding("server-asleep")).to_have_attribute("data-severity", "info")
    scene.sees("server-asleep", "info", "Everything has arrived.")
    scene.agent.sync()
    scene.sees_it_go("server-asleep")


def test_a_phone_sleeps_deeply_while_records_wait(scene: Scene) -> None:
    scene.account.age("40m")
    scene.change()
    found = scene.sees("device-asleep", "warning", "Anna is asleep: 1 record waits since")
    assert "Open the app on Anna" in found.inner_text()
    scene.collect()
    scene.sees_it_go("device-asleep")


def test_a_copied_phone_is_paired_with_the_code_behind_the_button(scene: Scene) -> None:
    copy = scene.phone.copy_to(scene.folder / "copy", "Berta")
    assert copy.run("sync").code == 3
    scene.sees("shared-mailbox", "critical", "Two devices use the pairing of Anna")
    scene.press("shared-mailbox")
    scene.confirm()
    scene.join(copy, scene.code_shown())
    scene.collect()
    scene.look()
    scene.sees_it_go("shared-mailbox")


def test_a_suspended_account_says_so_and_what_waits(scene: Scene) -> None:
    scene.change()
    scene.account.set_state("suspended")
    assert scene.phone.run("sync").code == 4
    found = scene.sees("account-inactive", "critical", "suspended: nothing is being collected")
    expect(found).to_contain_text("Waiting for Anna")
    scene.account.set_state("active")
    scene.collect()
    scene.sees_it_go("account-inactive")


def test_syncs_that_fail_are_asked_for_again_with_the_button(scene: Scene) -> None:
    elsewhere = scene.office.folder.rename(scene.folder / "elsewhere")
    for _ in range(2):
        assert scene.agent.run("run", "--once", *scene.agent.source).code == 1
    scene.sees("sync-failing", "critical", "The sync of Agent fails: the source folder is gone.")
    elsewhere.rename(scene.office.folder)
    scene.press("sync-failing")
    scene.confirm()
    expect(scene.window.page.locator("[role=status]").first).to_contain_text("asked to sync")
    scene.look()
    scene.agent.sync()
    scene.sees_it_go("sync-failing")

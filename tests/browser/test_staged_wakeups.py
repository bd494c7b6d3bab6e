"""A sleeping phone and what wakes it, seen on the overview; the push service is the tests' own."""

from playwright.sync_api import expect

from hhcportal.run.ports import free_port
from hhcportal.run.processes import wait_until
from tests.browser.scene import Scene
from tests.wakeups.push_service import PushService, wait_for


def subscribe(scene: Scene, service: PushService) -> None:
    scene.call(scene.phone, "PUT", "push-subscription", json=service.subscription())


def test_a_phone_that_cannot_be_woken_allows_notifications(
    scene: Scene, service: PushService
) -> None:
    scene.account.age("40m")
    scene.change()
    found = scene.sees("wake-up-impossible", "warning", "Anna is asleep: 1 record waits since")
    assert "allow notifications" in found.inner_text()
    subscribe(scene, service)
    expect(scene.finding("wake-up-impossible")).to_have_count(0, timeout=120_000)
    scene.collect()
    scene.sees_it_go("device-asleep")


def test_a_sleeping_phone_is_woken_with_the_button(scene: Scene, service: PushService) -> None:
    subscribe(scene, service)
    scene.account.age("40m")
    scene.change()
    scene.sees("device-asleep", "warning", "Anna is asleep: 1 record waits since")
    scene.press("device-asleep")
    scene.confirm()
    expect(scene.window.page.locator("[role=status]").first).to_contain_text("is being woken")
    wait_for(service, 1, seconds=60)
    scene.look()
    found = scene.sees("device-asleep", "warning")
    expect(found).to_contain_text("on its way, no call since", timeout=60_000)
    expect(scene.window.page.locator("main")).to_contain_text("Last wake-up")
    scene.collect()
    scene.sees_it_go("device-asleep")
    expect(scene.window.page.locator("main")).to_contain_text("it has called since")


def test_a_phone_in_deep_sleep_collects_by_itself(scene: Scene) -> None:
    """Nobody does anything: the push wakes the program, and the program syncs."""
    before = scene.account.peer("Anna")["last_attempt"]
    with scene.phone.started("watch", "--wake", str(free_port())):
        synced = lambda: scene.account.peer("Anna")["last_attempt"] != before  # noqa: E731
        assert wait_until(synced, 60)
        scene.account.age("40m")
        scene.change()
        scene.sees("device-asleep", "warning", "Anna is asleep: 1 record waits since")
        scene.account.age("61s")
        scene.sees_it_go("device-asleep")
    expect(scene.window.page.locator("main")).to_contain_text("it has called since")


def test_a_push_service_that_ended_the_subscription(scene: Scene, service: PushService) -> None:
    service.answers.append(410)
    subscribe(scene, service)
    scene.account.age("40m")
    scene.change()
    scene.account.age("61s")
    found = scene.sees("wake-up-impossible", "warning")
    expect(found).to_contain_text("the push service no longer knows this device")
    scene.collect()
    scene.sees_it_go("wake-up-impossible")

"""Wake-ups on the pages: what became of the last, when the next goes out, and one on request."""

import pytest

from accounts.models import AuditEvent
from tests.office import Program, manage, put
from tests.pages.person import Person, text_of
from tests.pages.test_overview_week import remarks
from tests.wakeups.push_service import PushService


@pytest.fixture
def sleeper(petra: Person, server: Program, phone: Program, service: PushService) -> Program:
    """The phone can be woken; a record waits for it, and it is asleep."""
    phone.call("PUT", "/push-subscription", service.subscription())
    manage("age", petra.number, "--by", "3h")
    server.deliver(put("a"))
    return phone


def test_one_that_cannot_be_woken_says_so_and_offers_nothing(petra: Person, phone: Program) -> None:
    page = petra.seen(f"devices/{phone.id}/")
    assert "Wake it now" not in page
    assert "not possible it allows no notifications" in page
    assert "cannot be woken" in petra.press(f"devices/{phone.id}/wake-up/")


def test_before_the_first_there_is_none(petra: Person, sleeper: Program) -> None:
    assert "Last wake-up none yet" in petra.seen(f"devices/{sleeper.id}/")


def test_one_on_request_goes_out_with_the_next_look(
    petra: Person, sleeper: Program, service: PushService
) -> None:
    page = petra.seen(f"devices/{sleeper.id}/wake-up/")
    assert "a notification without content" in page
    assert "Pixel 9 is being woken" in petra.press(f"devices/{sleeper.id}/wake-up/")
    assert [e.actor for e in AuditEvent.objects.filter(action="wake-up")] == [petra.email]
    assert "Pixel 9 was to be woken." in petra.seen("activity/")
    manage("sweep")
    assert len(service.arrived) == 1
    page = petra.seen(f"devices/{sleeper.id}/")
    assert "on its way, no call since" in page
    assert "next: " in page
    petra.press(f"devices/{sleeper.id}/wake-up/")
    manage("age", petra.number, "--by", "19m")
    manage("sweep")
    assert len(service.arrived) == 1, "never two within twenty minutes"
    manage("age", petra.number, "--by", "2m")
    manage("sweep")
    assert len(service.arrived) == 2


def test_the_overview_tells_what_became_of_it(
    petra: Person, sleeper: Program, service: PushService
) -> None:
    service.answers.append(500)
    manage("age", petra.number, "--by", "61s")
    manage("sweep")
    page = text_of(petra.overview())
    assert "the push service refused it (500)" in page
    assert "Next wake-up" in page
    assert not any("woken" in told for told in remarks(petra, "Pixel 9"))
    manage("age", petra.number, "--by", "2m")
    manage("sweep")
    assert any("woken" in told for told in remarks(petra, "Pixel 9"))
    assert 'class="mark-woken" d="M' in petra.overview()
    sleeper.collect()
    assert "it has called since" in text_of(petra.overview())


def test_a_stranger_wakes_nobody(petra: Person, sleeper: Program) -> None:
    stranger = Person("stranger@example.com").sign_in()
    address = f"/accounts/{petra.number}/devices/{sleeper.id}/wake-up/"
    assert stranger.browser.post(address).status_code == 404
    assert not AuditEvent.objects.filter(action="wake-up").exists()

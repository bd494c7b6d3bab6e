"""A phone that can be woken through the tests' push service."""

import pytest

from tests.office import Office, Program
from tests.wakeups.push_service import PushService


@pytest.fixture
def sleeper(office: Office, service: PushService) -> Program:
    """A phone that subscribed, collected everything, and fell asleep a minute ago."""
    phone = office.device("Pixel 9")
    answer = phone.call("PUT", "/push-subscription", service.subscription())
    assert answer.status_code == 204, answer.content
    phone.collect()
    office.age("1m")
    return phone

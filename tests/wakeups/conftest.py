"""A push service, and a phone that can be woken through it."""

from collections.abc import Iterator

import pytest
from django.test import override_settings

from tests.office import Office, Program
from tests.wakeups.push_service import PushService, push_service


@pytest.fixture
def service() -> Iterator[PushService]:
    with push_service() as running, override_settings(PUSH_TO_LOOPBACK=True):
        yield running


@pytest.fixture
def sleeper(office: Office, service: PushService) -> Program:
    """A phone that subscribed, collected everything, and fell asleep a minute ago."""
    phone = office.device("Pixel 9")
    answer = phone.call("PUT", "/push-subscription", service.subscription())
    assert answer.status_code == 204, answer.content
    phone.collect()
    office.age("1m")
    return phone

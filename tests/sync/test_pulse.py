"""Health means progress: what stands still is named, and what goes on is no alarm."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext

from accounts import clock
from sync.models import Tick
from tests.office import Office, Program, http_client, manage, put, said


@pytest.fixture
def ticking(db: None) -> None:
    tick("beat", "5s")
    tick("worker", "5s")


def tick(name: str, ago: str) -> None:
    seconds = int(ago[:-1]) * {"s": 1, "m": 60, "h": 3600}[ago[-1]]
    at = clock.now() - timedelta(seconds=seconds)
    Tick.objects.update_or_create(name=name, defaults={"at": at})


def ready() -> tuple[int, str]:
    answer = http_client().get("/readyz")
    return answer.status_code, answer.content.decode()


def test_what_goes_on_is_ready(ticking: None) -> None:
    assert ready() == (200, "ok\n")
    tick("beat", "110s")
    assert ready() == (200, "ok\n")


@pytest.mark.parametrize("name", ["beat", "worker"])
def test_a_frozen_process_is_named(ticking: None, name: str) -> None:
    tick(name, "130s")
    assert ready() == (503, f"{name} has made no progress for 130 s\n")


def test_one_frozen_worker_of_two_is_named(ticking: None) -> None:
    tick("worker-2", "20m")
    assert ready() == (503, "worker-2 has made no progress for 1200 s\n")


def test_a_worker_that_was_taken_away_is_forgotten(ticking: None) -> None:
    tick("worker-2", "2h")
    assert ready() == (200, "ok\n")


def test_what_never_ran_is_missing(db: None) -> None:
    assert ready() == (503, "beat does not run\nno worker runs\n")
    tick("beat", "1s")
    tick("worker", "2h")
    assert ready() == (503, "no worker runs\n")


def test_a_batch_that_nobody_applies_is_no_progress(
    ticking: None, office: Office, server: Program
) -> None:
    said(server.push(put("a")), 202)
    assert ready()[0] == 200
    office.age("4m")
    code, text = ready()
    assert code == 503
    assert text.startswith("a batch has waited for 240 s")
    manage("sweep")
    assert ready()[0] == 200


def test_a_database_that_is_away_is_not_ready(
    ticking: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(**_: object) -> None:
        from django.db import OperationalError

        raise OperationalError

    monkeypatch.setattr("sync.pulse.take", away)
    assert ready() == (503, "database not available\n")


METRICS = {"METRICS_TOKEN": "secret"}


def told(token: str = "secret") -> str:
    answer = http_client().get("/metrics", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 200, answer.status_code
    assert answer["Content-Type"].startswith("text/plain")
    return str(answer.content.decode())


@override_settings(METRICS_TOKEN="")
def test_without_a_token_there_are_no_metrics(db: None) -> None:
    for given in ("", "Bearer ", "Bearer secret"):
        answer = http_client().get("/metrics", headers={"Authorization": given})
        assert answer.status_code == 404


@override_settings(**METRICS)
def test_a_wrong_token_finds_nothing(db: None) -> None:
    for given in ("", "Bearer", "Bearer  secret", "Bearer sécret", "Basic secret"):
        answer = http_client().get("/metrics", headers={"Authorization": given})
        assert answer.status_code == 404


@override_settings(**METRICS)
def test_metrics_tell_of_what_lies_there(
    ticking: None, office: Office, server: Program, phone: Program
) -> None:
    server.deliver(put("a"))
    said(phone.get("/mailbox"))
    said(server.push(put("b")), 202)
    office.age("2m")
    text = told()
    assert "mailbox_database_up 1.0" in text
    assert "mailbox_readers_with_mail 1.0" in text
    assert 'mailbox_peers{presence="awake",role="device"} 1.0' in text
    assert 'mailbox_peers{presence="awake",role="server"} 1.0' in text
    age = float(text.split("mailbox_oldest_unapplied_batch_seconds ")[-1].split()[0])
    assert 120 <= age < 180
    route = 'method="GET",route="api/v1/mailbox",status="200"'
    assert f"mailbox_request_seconds_count{{{route}}}" in text
    assert office.number not in text
    office.age("14m")
    assert 'mailbox_peers{presence="late",role="device"} 1.0' in told()
    office.age("3h")
    text = told()
    assert 'mailbox_peers{presence="asleep",role="device"} 1.0' in text
    assert 'mailbox_peers{presence="asleep",role="server"} 1.0' in text


@override_settings(**METRICS)
def test_they_cost_the_same_number_of_statements_whatever_lies_there(
    ticking: None, office: Office, server: Program
) -> None:
    with CaptureQueriesContext(connection) as before:
        told()
    for nth in range(3):
        office.device(f"phone {nth}")
    server.deliver(put("a"), put("b"))
    with CaptureQueriesContext(connection) as after:
        told()
    assert len(before) == len(after)


@override_settings(**METRICS)
def test_nobodys_words_become_a_series(db: None) -> None:
    http_client().generic("BREW", "/api/v1/mailbox")
    http_client().get("/api/v1/batches/3f9a7c54-7f3e-4b53-9b2e-6a1de2a4c901")
    http_client().get("/no/such/page")
    text = told()
    assert "BREW" not in text
    assert "3f9a7c54" not in text
    assert "no/such" not in text

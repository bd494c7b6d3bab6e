"""A silent device is woken while something waits for it, and only then; time is an argument."""

import socket
import time
from datetime import UTC, datetime
from typing import Any

import pytest

from sync.models import PushSubscription, WakeUp
from tests.office import Office, Program, manage, put, refused, said
from tests.wakeups.push_service import ENDLESS, SILENT, PushService

LADDER_DAYS = ["61s", "29m", "90m", "10h", "12h"] + ["24h"] * 6


def sweep(office: Office, by: str = "0s") -> None:
    """Time goes by; then every due task runs once."""
    if by != "0s":
        office.age(by)
    manage("sweep")


def wake_up_row(office: Office, phone: Program) -> dict[str, Any]:
    peers = manage("account_status", office.number)["peers"]
    found: dict[str, Any] = next(peer["wake_up"] for peer in peers if str(peer["peer"]) == phone.id)
    return found


def test_a_push_says_nothing_and_is_sealed_signed_and_urgent(
    office: Office, server: Program, sleeper: Program, service: PushService
) -> None:
    server.deliver(put("a"), put("b"))
    sweep(office)
    assert service.arrived == []
    sweep(office, "61s")
    (push,) = service.arrived
    assert push.content == b"{}"
    assert push.path == "/p/one"
    assert push.headers["TTL"] == "86400"
    assert push.headers["Topic"] == "mail"
    assert push.headers["Urgency"] == "high"
    assert push.headers["Content-Encoding"] == "aes128gcm"
    assert push.key == said(sleeper.get("/push-key"))["key"]
    assert push.claims["aud"] == service.url
    assert 0 < push.claims["exp"] - time.time() <= 24 * 3600


def test_the_whole_ladder_and_then_no_more(
    office: Office, server: Program, sleeper: Program, service: PushService
) -> None:
    server.deliver(put("a"))
    for nth, by in enumerate(LADDER_DAYS, start=1):
        sweep(office, by)
        sweep(office)
        assert len(service.arrived) == nth
    for by in ("24h", "48h", "24h"):
        sweep(office, by)
    assert len(service.arrived) == len(LADDER_DAYS)
    assert PushSubscription.objects.get().due_at is None


def test_more_changes_make_no_more_wake_ups(
    office: Office, server: Program, sleeper: Program, service: PushService
) -> None:
    for record in "abc":
        server.deliver(put(record))
        sweep(office, "61s")
    assert len(service.arrived) == 1


def test_whoever_collected_is_left_in_peace_and_woken_anew_for_what_comes_next(
    office: Office, server: Program, sleeper: Program, service: PushService
) -> None:
    server.deliver(put("a"))
    sweep(office, "30s")
    sleeper.collect()
    sweep(office, "61s")
    sweep(office, "40m")
    assert service.arrived == []
    server.deliver(put("b"))
    sweep(office, "61s")
    assert len(service.arrived) == 1
    sleeper.collect()
    office.age("2m")
    server.deliver(put("c"))  # two minutes after a wake-up
    sweep(office, "16m")
    assert len(service.arrived) == 1
    sweep(office, "3m")
    assert len(service.arrived) == 2


def test_a_device_that_subscribes_late_is_woken_for_what_waits_already(
    office: Office, server: Program, phone: Program, service: PushService
) -> None:
    server.deliver(put("a"))
    office.age("3h")
    assert phone.call("PUT", "/push-subscription", service.subscription()).status_code == 204
    sweep(office, "61s")
    assert service.arrived == []  # it called a minute ago
    sweep(office, "29m")
    assert len(service.arrived) == 1


def test_saying_it_again_wakes_no_more_often(
    office: Office, server: Program, sleeper: Program, service: PushService
) -> None:
    server.deliver(put("a"))
    sweep(office, "61s")
    for path in ("/p/one", "/p/two"):
        sleeper.call("PUT", "/push-subscription", service.subscription(path))
        sweep(office, "2m")
    assert len(service.arrived) == 1
    sweep(office, "40m")
    assert [push.path for push in service.arrived] == ["/p/one", "/p/two"]


def test_without_a_subscription_nothing_is_sent(
    office: Office, server: Program, sleeper: Program, service: PushService
) -> None:
    server.deliver(put("a"))
    sleeper.call("DELETE", "/push-subscription")
    sweep(office, "2h")
    assert service.arrived == []


@pytest.mark.parametrize("do", ["erase", "sync-now"])
def test_a_command_wakes_at_once_until_it_is_fetched(
    office: Office, sleeper: Program, service: PushService, do: str
) -> None:
    manage("command", office.number, sleeper.id, do)
    sweep(office, "61s")
    assert len(service.arrived) == 1
    said(sleeper.get("/mailbox"))
    sweep(office, "3h")
    assert len(service.arrived) == 1


def test_a_lost_phone_is_told_to_erase_itself_though_the_account_is_suspended(
    office: Office, server: Program, sleeper: Program, service: PushService
) -> None:
    server.deliver(put("a"))
    manage("set_state", office.number, "suspended")
    sweep(office, "2h")
    assert service.arrived == []  # it could collect nothing
    manage("command", office.number, sleeper.id, "erase")
    sweep(office, "61s")
    assert len(service.arrived) == 1


def test_an_account_that_is_active_again_has_its_devices_woken(
    office: Office, server: Program, sleeper: Program, service: PushService
) -> None:
    server.deliver(put("a"))
    manage("set_state", office.number, "suspended")
    sweep(office, "2h")
    manage("set_state", office.number, "active")
    sweep(office, "61s")
    assert len(service.arrived) == 1


def test_who_is_revoked_is_not_woken(
    office: Office, server: Program, sleeper: Program, service: PushService
) -> None:
    server.deliver(put("a"))
    manage("revoke", sleeper.id)
    sweep(office, "2h")
    assert service.arrived == []
    refused(sleeper.get("/mailbox"), 401, "token-invalid")


@pytest.mark.parametrize("status", [404, 410])
def test_a_subscription_that_has_ended_is_used_no_more(
    office: Office, server: Program, sleeper: Program, service: PushService, status: int
) -> None:
    service.answers.append(status)
    server.deliver(put("a"))
    sweep(office, "61s")
    assert not wake_up_row(office, sleeper)["works"]
    sweep(office, "3h")
    assert len(service.arrived) == 1
    codes = [f["code"] for f in manage("account_status", office.number)["findings"]]
    assert "wake-up-impossible" in codes
    sleeper.call("PUT", "/push-subscription", service.subscription("/p/new"))
    assert wake_up_row(office, sleeper)["works"]
    sweep(office, "31m")
    assert service.arrived[-1].path == "/p/new"


@pytest.mark.parametrize("status", [429, 500, 503, 400, 403])
def test_a_push_service_that_refuses_is_asked_again_later_and_later(
    office: Office, server: Program, sleeper: Program, service: PushService, status: int
) -> None:
    service.answers.extend([status] * 3)
    server.deliver(put("a"))
    sweep(office, "61s")
    for wait in ("61s", "121s", "241s"):
        before = len(service.arrived)
        sweep(office, "30s")
        assert len(service.arrived) == before
        sweep(office, wait)
        assert len(service.arrived) == before + 1
    assert wake_up_row(office, sleeper)["result"] == "accepted"
    sweep(office, "15m")
    assert len(service.arrived) == 4


@pytest.mark.parametrize("told", ["3600", "date"])
def test_the_pause_that_it_asks_for_is_kept_whatever_comes(
    office: Office, server: Program, sleeper: Program, service: PushService, told: str
) -> None:
    service.answers.append(429)
    moment = datetime.fromtimestamp(time.time() + 3600, tz=UTC)
    service.headers["Retry-After"] = (
        moment.strftime("%a, %d %b %Y %H:%M:%S GMT") if told == "date" else told
    )
    server.deliver(put("a"))
    sweep(office, "61s")
    manage("command", office.number, sleeper.id, "sync-now")
    sweep(office, "50m")
    assert len(service.arrived) == 1
    sweep(office, "11m")
    assert len(service.arrived) == 2


def test_a_redirect_is_not_followed(
    office: Office, server: Program, sleeper: Program, service: PushService
) -> None:
    service.answers.append(307)
    service.headers["Location"] = f"{service.url}/p/elsewhere"
    server.deliver(put("a"))
    sweep(office, "61s")
    assert [push.path for push in service.arrived] == ["/p/one"]
    assert wake_up_row(office, sleeper)["result"] == "refused"


@pytest.mark.parametrize("how", [SILENT, ENDLESS])
def test_one_that_does_not_answer_may_have_taken_it(
    office: Office,
    server: Program,
    sleeper: Program,
    service: PushService,
    how: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("sync.wakeups.endpoints.SECONDS", 1.0)
    service.answers.append(how)
    server.deliver(put("a"))
    began = time.monotonic()
    sweep(office, "61s")
    assert time.monotonic() - began < 20
    assert wake_up_row(office, sleeper)["result"] == "unanswered"
    sweep(office, "19m")
    assert len(service.arrived) == 1
    sweep(office, "12m")
    assert len(service.arrived) == 2


def test_a_name_that_leads_into_the_own_network_is_not_connected_to(
    office: Office, server: Program, sleeper: Program, monkeypatch: pytest.MonkeyPatch,
    service: PushService,
) -> None:  # fmt: skip
    """One public address beside it does not help: every one is checked."""
    port = int(service.url.rpartition(":")[2])
    body = {**service.subscription(), "endpoint": f"https://rebound.example.net:{port}/p"}
    assert sleeper.call("PUT", "/push-subscription", body).status_code == 204

    def resolve(host: str, port: int, *_: Any, **__: Any) -> Any:
        assert host == "rebound.example.net"
        family = (socket.AF_INET, socket.SOCK_STREAM, 6, "")
        return [(*family, ("93.184.215.14", port)), (*family, ("127.0.0.1", port))]

    monkeypatch.setattr("sync.wakeups.endpoints.socket.getaddrinfo", resolve)
    server.deliver(put("a"))
    sweep(office, "32m")
    assert service.arrived == []
    assert wake_up_row(office, sleeper)["result"] == "unreached"


def test_a_sender_that_dies_sends_nothing_twice_within_twenty_minutes(
    office: Office, server: Program, sleeper: Program, service: PushService,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    def die(*_: object) -> None:
        raise KeyboardInterrupt

    server.deliver(put("a"))
    with monkeypatch.context() as patched:
        patched.setattr("sync.wakeups.sending._book", die)
        with pytest.raises(KeyboardInterrupt):
            sweep(office, "61s")
    assert len(service.arrived) == 1
    sweep(office, "18m")
    assert len(service.arrived) == 1
    sweep(office, "3m")
    assert len(service.arrived) == 2


def test_what_comes_while_it_is_being_sent_is_not_forgotten(
    office: Office, server: Program, sleeper: Program, service: PushService,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """The claim is let go only where nobody asked for a look meanwhile."""
    from sync.wakeups import sending

    end = sending._end

    def asked_meanwhile(*args: Any, **columns: Any) -> None:
        manage("command", office.number, sleeper.id, "sync-now")
        end(*args, **columns)

    server.deliver(put("a"))
    with monkeypatch.context() as patched:
        patched.setattr("sync.wakeups.sending._end", asked_meanwhile)
        sweep(office, "61s")
    assert len(service.arrived) == 1
    sweep(office, "21m")
    assert len(service.arrived) == 2


def test_what_was_sent_is_kept_a_month(
    office: Office, server: Program, sleeper: Program, service: PushService
) -> None:
    server.deliver(put("a"))
    sweep(office, "61s")
    sleeper.collect()
    sweep(office, "29d")
    assert WakeUp.objects.count() == 1
    sweep(office, "2d")
    assert WakeUp.objects.count() == 0

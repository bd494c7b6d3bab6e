"""Every answer carries the headers that keep a browser from being used against its owner."""

from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.templatetags.static import static
from django.test import Client, override_settings
from django.urls import path

from hhcportal import urls
from tests.office import http_client
from tests.pages.person import Person

PERSONAL = ("/", "/accounts/{number}/", "/accounts/{number}/connect/device/", "/auth/login/",
            "/auth/password/change/", "/admin/", "/accounts/10000000/", "/no/such/page",
            "/api/v1/mailbox", "/api/v1/no-such", "/accounts/{number}/?part=live")  # fmt: skip
PUBLIC = ("/static/no-such.css", "/livez", "/readyz",
          "/api/v1/limits", "/api/v1/schema", "/api/v1/docs", "/favicon.ico")  # fmt: skip


def broken(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("on purpose")


# The program's own addresses, and one that breaks.
urlpatterns = [*urls.urlpatterns, path("broken", broken)]
handler400, handler403 = urls.handler400, urls.handler403
handler404, handler500 = urls.handler404, urls.handler500


def check(answer: Any) -> None:
    policy = {
        name: sources
        for name, *sources in (
            part.split() for part in answer["Content-Security-Policy"].split(";")
        )
    }
    assert policy["default-src"] == policy["base-uri"] == policy["frame-ancestors"] == ["'none'"]
    assert policy["script-src"] == policy["style-src"] == ["'self'"]
    assert not any("unsafe" in source for sources in policy.values() for source in sources)
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["Cross-Origin-Opener-Policy"] == "same-origin"
    answer.close()


@pytest.mark.parametrize("address", [*PERSONAL, *PUBLIC])
def test_every_answer(petra: Person, address: str) -> None:
    check(petra.get(address.format(number=petra.number)))
    check(http_client().get(address.format(number=petra.number)))


@pytest.mark.parametrize("name", ["portal.css", "sprite.svg"])
def test_every_file(petra: Person, name: str) -> None:
    for answer in (petra.get(static(name)), http_client().get(static(name))):
        assert answer.status_code == 200
        check(answer)


@pytest.mark.parametrize("address", PERSONAL)
def test_what_is_personal_is_kept_nowhere(petra: Person, address: str) -> None:
    assert "no-store" in petra.get(address.format(number=petra.number))["Cache-Control"]


def test_the_pages_for_when_something_is_wrong(petra: Person) -> None:
    strict = Client(enforce_csrf_checks=True)
    for answer, status in (
        (strict.post("/auth/login/", {}), 403),
        (petra.browser.get("/", headers={"Host": "evil.example"}), 400),
        (petra.get(f"/accounts/{petra.number}/no-such/"), 404),
    ):
        assert answer.status_code == status
        assert "no-store" in answer["Cache-Control"]
        check(answer)
    with override_settings(ROOT_URLCONF=__name__):
        answer = Client(raise_request_exception=False).get("/broken")
    assert answer.status_code == 500
    assert "no-store" in answer["Cache-Control"]
    check(answer)


@override_settings(
    SECURE_HSTS_SECONDS=31_536_000,
    SECURE_PROXY_SSL_HEADER=("HTTP_X_FORWARDED_PROTO", "https"),
)
def test_tls_is_remembered(db: None) -> None:
    for address in ("/auth/login/", static("portal.css"), "/api/v1/limits", "/no/such"):
        secure = Client().get(address, headers={"X-Forwarded-Proto": "https"})
        assert secure["Strict-Transport-Security"].startswith("max-age=31536000")
        plain = Client().get(address)
        assert "Strict-Transport-Security" not in plain
        secure.close()
        plain.close()

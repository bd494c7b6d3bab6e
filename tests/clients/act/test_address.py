"""The addresses that people write for an Act! Web API."""

from __future__ import annotations

import pytest

from clients.agent.act.address import DEFAULT, parse
from clients.trouble import Exit, Trouble


@pytest.mark.parametrize(
    ("text", "base", "cloud"),
    [
        (DEFAULT, "http://localhost/act.web.api", False),
        ("http://127.0.0.1:8080/act.web.api/", "http://127.0.0.1:8080/act.web.api", False),
        ("http://[::1]:81", "http://[::1]:81/act.web.api", False),
        ("https://Act.Example.com:8443/Act.Web.API", "https://act.example.com:8443/Act.Web.API", 0),
        ("https://act.example.com", "https://act.example.com/act.web.api", False),
        ("https://h.example.com/a/act.web.api/api/users", "https://h.example.com/a/act.web.api", 0),
        ("https://eu.example.com/firm-api/", "https://eu.example.com/firm-api/act.web.api", True),
        ("https://x.act.com/firm-api/act.web.api", "https://x.act.com/firm-api/act.web.api", True),
        ("https://apieu.act.com/act.web.api", "https://apieu.act.com/act.web.api", True),
    ],
)
def test_the_forms_of_an_address(text: str, base: str, cloud: bool) -> None:
    address = parse(text, plain_http=False)
    assert (address.base, address.is_cloud) == (base, bool(cloud))
    assert address.authorize == f"{base}/authorize"
    assert address.api("contacts") == f"{base}/api/contacts"


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("act.example.com/act.web.api", "no address"),
        ("ftp://act.example.com", "no address"),
        ("https://", "no address"),
        ("https://act.example.com:99999", "no address"),
        ("https://act.example.com/?database=x", "no address"),
        ("https://act.example.com/other", "does not lead"),
        ("https://apimta.act.com/act.web.api", "only shows the documentation"),
        ("http://192.168.1.4/act.web.api", "--plain-http"),
        ("http://localhost.example.com", "--plain-http"),
    ],
)
def test_what_is_no_address_is_a_matter_of_usage(text: str, named: str) -> None:
    with pytest.raises(Trouble, match=named) as caught:
        parse(text, plain_http=False)
    assert caught.value.exit_code == Exit.USAGE


def test_plain_text_in_a_network_of_ones_own() -> None:
    assert parse("http://act/act.web.api", plain_http=True).base == "http://act/act.web.api"


def test_a_password_in_an_address_is_refused_and_not_repeated() -> None:
    with pytest.raises(Trouble, match="no user and no password") as caught:
        parse("https://chris:hunter2@act.example.com", plain_http=False)
    assert "hunter2" not in str(caught.value)

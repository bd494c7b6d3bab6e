"""Whoever hosts the portal gives it a colour; without one nothing changes."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.test import override_settings

from tests.pages.person import Person

CHECKOUT = Path(__file__).resolve().parents[2]

LINK = '<link rel="stylesheet" href="/colour.css">'


def test_without_a_colour_no_page_asks_for_one(petra: Person) -> None:
    assert LINK not in petra.overview()
    assert petra.get("/colour.css").status_code == 404


@override_settings(PRODUCT_COLOUR="#c2410c")
def test_pages_admin_and_sign_in_wear_it(petra: Person) -> None:
    assert LINK in petra.overview()
    answer = petra.get("/colour.css")
    assert answer["Content-Type"].startswith("text/css")
    assert b"oklch(from #c2410c" in answer.content
    petra.browser.logout()
    assert LINK in petra.get("/auth/login/").content.decode()


@pytest.mark.parametrize("colour", ["red", "#fff", "#c2410c; }", "url(//example.com)"])
def test_what_is_no_colour_is_refused_at_the_start(colour: str) -> None:
    ran = subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=CHECKOUT, env=os.environ | {"PRODUCT_COLOUR": colour},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ran.returncode != 0
    assert "PRODUCT_COLOUR is no colour as #1a5fb4." in ran.stderr

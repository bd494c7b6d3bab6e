"""Mails of a machine without a mail server, as files that a person can read."""

import secrets
from pathlib import Path

import httpx
import pytest

from hhcportal.run.processes import wait_until
from tests.stack import Stack

WITHIN = 60.0
PASSWORD = "Zw0lf-Mailboxen!"


def ask_for_a_new_password(stack: Stack, email: str, language: str) -> str:
    """Fill in the form; what lies in the mail folder for that address then."""
    page = f"{stack.url}/auth/password/reset/"
    with httpx.Client(headers={"Accept-Language": language, "Origin": stack.url}) as browser:
        browser.get(page)
        form = {"email": email, "csrfmiddlewaretoken": browser.cookies["csrftoken"]}
        assert browser.post(page, data=form).status_code == 302
    folder = Path(stack.environment["VAR_DIR"]) / "mail"
    assert wait_until(lambda: bool(list(folder.glob(f"*-{email}.txt"))), WITHIN)
    [file] = folder.glob(f"*-{email}.txt")
    assert file.stat().st_mode & 0o077 == 0
    return file.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("language", "subject"),
    [("de", "Ein neues Passwort setzen"), ("en", "Set a new password")],
)
def test_a_forgotten_password_is_set_anew_with_the_mail(
    stack: Stack, language: str, subject: str
) -> None:
    email = f"{secrets.token_hex(4)}@example.com"
    stack.manage("create_account", "Prüf & Söhne", "--email", email, "--password", PASSWORD)
    mail = ask_for_a_new_password(stack, email, language)
    assert f"Subject: {subject}\n" in mail
    assert f"To: {email}\n" in mail
    [link] = [line for line in mail.splitlines() if line.startswith(stack.url)]
    with httpx.Client(follow_redirects=True) as browser:
        assert browser.get(link).status_code == 200


def test_an_unknown_address_is_told_so_and_offered_no_sign_up(stack: Stack) -> None:
    mail = ask_for_a_new_password(stack, f"{secrets.token_hex(4)}@example.com", "en")
    assert "nobody signs in with it here" in mail
    assert "signup" not in mail

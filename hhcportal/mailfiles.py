"""Mails as files that a person can read: for a machine that has no mail server."""

import os
from collections.abc import Sequence
from itertools import count
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from accounts import clock


class EmailBackend(BaseEmailBackend):
    """Writes each mail into a file of its own in EMAIL_FILE_PATH, named by moment and recipient.

    The text stands there as a reader sees it. Only this user can read it: it may hold a link that
    sets a password.
    """

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        folder = Path(settings.EMAIL_FILE_PATH)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for message in email_messages:
            _write(folder, message)
        return len(email_messages)


def _write(folder: Path, message: EmailMessage) -> None:
    moment = clock.now()
    head = {
        "From": message.from_email,
        "To": ", ".join(message.recipients()),
        "Subject": message.subject,
        "Date": f"{moment:%Y-%m-%d %H:%M:%S} UTC",
    }
    lines = [f"{name}: {value}" for name, value in head.items()]
    recipient = "".join(c for c in message.recipients()[0] if c.isalnum() or c in "@.+-_")[:60]
    name = f"{moment:%Y-%m-%dT%H.%M.%SZ}-{recipient}"
    for number in count(1):
        path = folder / (f"{name}.txt" if number == 1 else f"{name}-{number}.txt")
        try:
            # Made anew or not at all: two mails of one second must not write over each other.
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            continue
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write("\n".join([*lines, "", str(message.body)]))
        return

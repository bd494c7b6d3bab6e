"""Many paired programs within a moment: `python -m tests.waiting.offices ACCOUNTS DEVICES`.

Pairing each over HTTP would take longer than what is tried with them. Prints JSON: of each account
its number, its server's token and id, and those of its devices.
"""

import json
import os
import subprocess
import sys
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hhcportal.run.places import CHECKOUT


@dataclass(frozen=True)
class Known:
    """A paired program."""

    id: str
    token: str


@dataclass(frozen=True)
class Account:
    """An account with its programs."""

    number: str
    server: Known
    devices: list[Known]


def open_offices(environment: Mapping[str, str], *, accounts: int, devices: int) -> list[Account]:
    """Open accounts with a server and as many devices each, in the database of `environment`."""
    words = (sys.executable, "-m", "tests.waiting.offices", str(accounts), str(devices))
    ran = subprocess.run(words, cwd=CHECKOUT, env=environment, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    return [
        Account(number, Known(*server), [Known(*device) for device in others])
        for number, server, others in json.loads(ran.stdout)
    ]


def main(accounts: int, devices: int) -> list[Any]:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hhcportal.settings")
    import django

    django.setup()
    from django.db import transaction

    from accounts import clock
    from sync import lifecycle

    now = clock.now()
    made: list[Any] = []
    for _ in range(accounts):
        email = f"{uuid.uuid4().hex}@example.com"
        with transaction.atomic():
            opened = lifecycle.open_account(
                "Wartende", email=email, password=None, actor="test", now=now
            )
            roles = ("server", *["device"] * devices)
            server, *others = [_peer(opened.account, role) for role in roles]
        made.append((opened.account.number, server, others))
    return made


def _peer(account: Any, role: str) -> tuple[str, str]:
    from accounts import clock, tokens
    from accounts.models import Peer
    from mailbox import resync
    from sync.models import Presence

    token = tokens.make(role)
    now = clock.now()
    peer = Peer.objects.create(
        account=account, role=role, name=role, install_id=uuid.uuid4(),
        token_hash=tokens.digest(token), token_used_at=now, paired_at=now,
    )  # fmt: skip
    Presence.objects.create(peer=peer, last_contact=now, last_sync=now)
    if role == "device":
        resync.open_reader(account.pk, peer.pk, now=now)
    return str(peer.pk), token


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(int(sys.argv[1]), int(sys.argv[2]))))

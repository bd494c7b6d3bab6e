"""One code redeemed twice at once, and two servers at once."""

import itertools
import uuid
from functools import partial
from typing import Any

import pytest
from django.test import Client

from tests.office import API, Office, manage, redeem, refused, said
from tests.races.books import check_books, rows
from tests.races.race import Race, statuses

pytestmark = pytest.mark.django_db(transaction=True)

# Wrong tries are counted by address: each redeems from one of its own.
_addresses = (f"198.18.{n // 250}.{n % 250 + 1}" for n in itertools.count())


def code_for(office: Office, role: str = "device") -> str:
    code: str = manage("pair", office.number, "--role", role)["code"]
    return code


def redeem_from(code: str, install: uuid.UUID) -> Any:
    return redeem(code, install_id=install, REMOTE_ADDR=next(_addresses))


def lives(answer: Any) -> bool:
    """Whether the token of a pairing opens the door."""
    token = said(answer, 201)["token"]
    asked = Client().get(f"{API}/mailbox", headers={"Authorization": f"Bearer {token}"})
    if asked.status_code != 200:
        refused(asked, 401, "token-invalid")
    return bool(asked.status_code == 200)


def peers_of(office: Office, role: str, *, state: str = "active") -> int:
    return int(
        rows(
            "SELECT count(*) FROM accounts_peer p JOIN accounts_account a ON a.id = p.account_id"
            " WHERE a.number = %s AND p.role = %s AND p.state = %s",
            office.number, role, state,
        )[0][0]
    )  # fmt: skip


def test_two_installs_redeem_one_code() -> None:
    """One of them is paired; the other learns no more than of any wrong code."""
    race = Race("one code, two installs")
    for _ in race:
        office = Office()
        code = code_for(office)
        answers = race.at_once(*[partial(redeem_from, code, uuid.uuid4()) for _ in range(2)])
        assert statuses(answers) == [201, 404]
        paired, unknown = sorted(answers, key=lambda answer: answer.status_code)
        refused(unknown, 404, "pairing-code-unknown")
        assert lives(paired)
        assert peers_of(office, "device") == 1
        check_books(office)


def test_one_install_redeems_its_code_twice() -> None:
    """Both answers name one peer; the token that was given last is its token."""
    race = Race("one code, one install")
    for _ in race:
        office = Office()
        code, install = code_for(office), uuid.uuid4()
        answers = race.at_once(*[partial(redeem_from, code, install)] * 2)
        assert statuses(answers) == [201, 201]
        assert len({said(answer, 201)["peer"] for answer in answers}) == 1
        assert sorted(lives(answer) for answer in answers) == [False, True]
        assert peers_of(office, "device") == 1
        refused(redeem_from(code, install), 404, "pairing-code-unknown")  # it was used now
        check_books(office)


def test_two_servers_pair() -> None:
    """An account has one live server, whoever comes last; the places belong to the account."""
    race = Race("two servers")
    for _ in race:
        office = Office()
        codes = [code_for(office, "server") for _ in range(2)]
        answers = race.at_once(*[partial(redeem_from, code, uuid.uuid4()) for code in codes])
        assert statuses(answers) == [201, 201]
        assert sorted(lives(answer) for answer in answers) == [False, True]
        assert peers_of(office, "server") == 1
        assert peers_of(office, "server", state="retired") == 2
        check_books(office)

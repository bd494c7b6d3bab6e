"""`connect`, `review` and `explain` without a mailbox: what they find and leave alone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from clients.agent import profiles
from clients.agent.act.connect import connect, review
from clients.agent.act.password import Kept
from clients.agent.act.settings import Settings
from clients.agent.act.sync_set import SENTENCES
from clients.database import Database
from clients.trouble import Exit, Trouble
from tests.act.office import Office
from tests.clients.act.desk import RULES, Desk
from tests.clients.act.test_reaching import contact_ids


@pytest.fixture(scope="module")
def office() -> Iterator[Office]:
    with Office("--activities", "20", "--series", "2", contacts=60) as office:
        yield office


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Database]:
    """The state of an agent that knows nothing, in the folder `data`."""
    (tmp_path / "data").mkdir()
    with closing(Database(tmp_path / "data" / "agent.sqlite3")) as db:
        yield db


def settings(office: Office, folder: Path) -> Settings:
    return Settings(office.url, office.database, office.user, str(folder / "rules.toml"))


def files(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir() if "sqlite3" not in path.name}


def test_connect_keeps_the_password_the_rules_and_what_act_can(
    office: Office, empty: Database, tmp_path: Path
) -> None:
    found = connect(settings(office, tmp_path), empty, tmp_path, office.password)
    assert found.wrote_rules
    assert "nothing missing" in found.can.lines()[0]
    kept = Kept(tmp_path, settings(office, tmp_path).address(), office.database, office.user)
    assert kept.read() == office.password
    again = connect(settings(office, tmp_path), empty, tmp_path, office.password)
    assert not again.wrote_rules


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"url": "http://127.0.0.1:9/act.web.api"}, "act-unreachable"),
        ({"user": "Nobody"}, "crm-sign-in-refused"),
        ({"database": "Nothing"}, "crm-sign-in-refused"),
    ],
)
def test_a_wrong_word_is_told_with_its_remedy_and_nothing_is_kept(
    office: Office, empty: Database, tmp_path: Path, wrong: dict[str, Any], code: str
) -> None:
    before = files(tmp_path)
    with pytest.raises(Trouble, match=": ") as raised:
        connect(replace(settings(office, tmp_path), **wrong), empty, tmp_path, office.password)
    assert raised.value.code == code
    assert files(tmp_path) == before
    assert office.password not in raised.value.sentence


@pytest.mark.parametrize(
    ("refused", "code"), [(4031, "crm-licence-expired"), (4032, "crm-right-missing")]
)
def test_a_missing_right_and_an_expired_licence_are_told(
    office: Office, empty: Database, tmp_path: Path, refused: int, code: str
) -> None:
    office.do("refuse", code=refused)
    try:
        with pytest.raises(Trouble) as raised:
            connect(settings(office, tmp_path), empty, tmp_path, office.password)
    finally:
        office.do("refuse", code=None)
    assert raised.value.code == code


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        ('[[sync_set]]\n"ID/Statuss" = "Customer"\n', "ID/Status"),
        ('[[sync_set]]\n"ID/Status" = "Custommer"\n', "Customer"),
        ('[[sync_set]]\ngroup = "Nobody knows it"\n', "group"),
        ("sync_set = []\n", "empty"),
        ("kinds = []\n", "kinds"),
    ],
)
def test_rules_that_mean_nothing_here_are_refused_with_line_and_nearest_name(
    office: Office, empty: Database, tmp_path: Path, rules: str, said: str
) -> None:
    (tmp_path / "rules.toml").write_text(rules, encoding="utf-8")
    with pytest.raises(Trouble, match=said) as raised:
        connect(settings(office, tmp_path), empty, tmp_path, office.password)
    assert raised.value.exit_code is Exit.USAGE
    assert ", line " in raised.value.sentence
    assert files(tmp_path) == {"data", "rules.toml"}


def test_a_review_counts_what_is_then_sent_and_writes_nothing(desk: Desk) -> None:
    desk.office.do("canaries", count=12)
    before = files(desk.folder)
    told = review(desk.settings, desk.store.db, desk.folder, now=desk.now())
    assert desk.sent() == 0
    assert desk.act._state.is_empty()
    assert files(desk.folder) == before
    desk.read_well()
    sent = desk.store.db.counts("SELECT kind, count(*) FROM record GROUP BY kind")
    assert told.travels == sent
    assert told.stays["contact"]["private"] > 0


def test_why_a_record_is_not_on_the_phone_is_told_with_the_rule(desk: Desk) -> None:
    rule = '\n[[sync_set]]\n"ID/Status" = { not = "Customer" }\n'
    desk.rules.write_text(RULES + rule, encoding="utf-8")
    customer = desk.office.create("contact", idStatus="Customer", fullName="Zoe Outside")
    desk.read_well()
    new = desk.office.create("contact", idStatus="Customer")
    [found] = desk.act.find(new)
    assert "ID/Status" in found.stays
    [found] = desk.act.find(customer)
    assert found.data is None
    assert "line " in found.stays
    assert "ID/Status" in found.stays
    assert [one.id for one in desk.act.find("zoe out")] == [customer]
    contact = contact_ids(desk)[0]
    desk.office.turn_private("contact", contact, own=True)
    [found] = desk.act.find(contact)
    assert found.stays == SENTENCES["private"]
    desk.office.delete("contact", contact)
    [found] = desk.act.find(contact)
    assert found.gone


def test_a_profile_names_an_act_database(tmp_path: Path) -> None:
    config = tmp_path / "agents.toml"
    config.write_text(
        '[profile.hofer]\nurl = "https://mailbox.example.com"\nconnector = "act"\n'
        'act_url = "http://act/act.web.api"\nact_database = "Sales"\nact_user = "Chris"\n'
        'rules = "hofer/rules.toml"\nplain_http = true\n',
        encoding="utf-8",
    )
    [profile] = profiles.load(config)
    assert (profile.connector, profile.act_database, profile.plain_http) == ("act", "Sales", True)
    assert profile.rules == tmp_path / "hofer" / "rules.toml"
    config.write_text('[profile.a]\nplain_http = "yes"\n', encoding="utf-8")
    with pytest.raises(Trouble, match="plain_http"):
        profiles.load(config)

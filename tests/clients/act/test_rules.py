"""The rules file: what it says, and with which words it is refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pytest

from clients.agent.act import default_rules, rules, rules_file
from clients.agent.act.calendar import Window
from clients.agent.act.records import KINDS
from clients.trouble import Exit, Trouble
from tests.clients.act.office import METADATA, ruled

BLOCK = "[[sync_set]]\n"


def refusal(text: str) -> str:
    with pytest.raises(Trouble) as caught:
        rules.check(rules_file.parse(text, "act.toml"), METADATA)
    assert caught.value.exit_code is Exit.USAGE
    return caught.value.sentence


def test_the_file_that_connect_writes_says_what_holds_without_a_file() -> None:
    written, nothing = rules.check(rules_file.parse(default_rules.DEFAULT), METADATA), ruled()
    assert (written.kinds, written.contact_types) == (nothing.kinds, nothing.contact_types)
    assert written.kinds == frozenset(KINDS)
    assert written.window == nothing.window == Window(90, 365)
    assert written.sync_set is None
    assert not written.choices


def test_the_examples_in_that_file_work_once_their_sign_is_taken_away() -> None:
    lines = default_rules.DEFAULT.splitlines()
    start = lines.index("# [[sync_set]]")
    end = next(n for n in range(start, len(lines)) if lines[n].startswith("# What a line can say"))
    example = "\n".join(line.removeprefix("# ") for line in lines[start : end - 1])
    read = ruled(example)
    assert read.sync_set is not None
    assert not read.sync_set.unmet({"customFields": {"rep": "Chris Huffman"}}, ())


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("kindz = []", "line 1: 'kindz' means nothing here: write 'kinds'"),
        ('kinds = [\n "contact",\n "notes"]', "line 3: kinds cannot hold 'notes': write 'note'"),
        ("kinds = []", "line 1: kinds takes a list"),
        ('contact_types = ["Usr"]', "line 1: contact_types cannot hold 'Usr': write 'User'"),
        (
            "# calendar\n[calendar]\nback = 1",
            "line 3: 'back' means nothing here: write 'back_days'",
        ),
        ("[calendar]\nahead_days = -1", "line 2: ahead_days is a number of days, 0 to 3660"),
        ("[calendar]\nahead_days = true", "line 2: ahead_days is a number of days"),
        ('[calendar]\nzone = "Europe/Berln"', "line 2: 'Europe/Berln' is no time zone: write 'Eur"),
        ("[fields.contacts]\nonly = []", "line 1: 'contacts' means nothing here: write 'contact'"),
        ("[fields.contact]\nonly = []", "line 2: only takes names of fields"),
        ('[fields.contact]\nonly=["company"]\nwithout=["company"]', "either only or without"),
        ('[fields.contact]\nonly = ["Cuntry"]', "line 2: 'Cuntry' is no field of a contact"),
        ('[fields.contact]\nwithout = [\n"City",\n"Accont Mgr"]', "line 4: 'Accont Mgr' is no fi"),
        ('[fields.note]\nonly = ["txt"]', "is no field of a note in this Act!: write"),
        ('[fields.contact]\nonly = ["edited"]', "'edited' is no field of a contact"),
        (BLOCK + '"Cty" = "Bern"', "line 2: 'Cty' is no field of a contact in this Act!: write 'C"),
        (BLOCK + '"Acount Mgr" = "x"', "line 2: 'Acount Mgr' is no field of a contact in this"),
        (BLOCK + '"Acount Mgr" = "x"', "write 'Account Mgr', if that is meant."),
        (BLOCK + '"ID/Status" = "Persnal"', "'Persnal' is no value of ID/Status in this Act!: wri"),
        (BLOCK + '"ID/Status" = {not = "Persnal"}', "write 'Personal', if that is meant."),
        (BLOCK + '"Record Manager" = "Chris"', "write 'Chris Huffman', if that is meant."),
        (BLOCK + '"Department" = "x"', "two fields have the label 'Department'"),
        (BLOCK + 'group = "Trade fare"', "line 2: 'Trade fare' is no group in this Act!: write 'T"),
        (BLOCK + 'group = {contains = "x"}', "line 2: a contact is in a group or is not"),
        (BLOCK + '"Referred By" = "x"', "line 2: two fields have the label 'Referred By'"),
        (BLOCK + '"City" = {is = "x"}', "line 2: 'is' means nothing here"),
        (BLOCK + '"City" = {not = "x", contains = "y"}', "line 2: 'City' says more or less than"),
        (BLOCK + '"City" = []', "line 2: 'City' takes a value"),
        (BLOCK + '"City" = ""', "line 2: 'City' has an empty value: write { empty = true }."),
        (BLOCK + '"City" = {empty = "no"}', "line 2: empty of 'City' is true or false"),
        (BLOCK + 'any = "x"', "line 2: any takes blocks"),
        (BLOCK + "all = []", "line 2: all takes blocks"),
        (BLOCK + 'any = [\n{"City" = "Bern"},\n{"Sity" = "x"}]', "line 4: 'Sity' is no field"),
        ("# one\n[[sync_set]]", "line 2: this block of the sync set is empty"),
        (f'{BLOCK}"City" = "Bern"\n{BLOCK}', "line 3: this block of the sync set is empty"),
        ("sync_set = []", "line 1: the sync set is empty, so nothing would travel"),
        ('[sync_set]\n"City" = "Bern"', "line 1: a sync set is written as [[sync_set]]"),
        ('kinds = ["note"]\ncontact_types = User', "(at line 2, column 17)"),
    ],
)
def test_what_is_wrong_is_refused_with_its_line_and_the_nearest_name(text: str, told: str) -> None:
    sentence = refusal(text)
    assert sentence.startswith("act.toml")
    assert told in sentence


def test_the_line_is_that_of_the_block_and_not_of_a_comment_or_another_section() -> None:
    text = '# "Cty"\n[fields.contact]\nwithout = ["City"]\n[[sync_set]]\n"City" = "Bern"\n'
    text += '[[sync_set]]\n"City" = "Bern"   # "Cty" = 1\n"Cty" = "Bern"\n'
    assert refusal(text).startswith("act.toml, line 8: 'Cty'")


def test_a_file_that_cannot_be_read_is_named_with_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(Trouble, match=r"act\.toml: it cannot be read"):
        rules_file.load(tmp_path / "act.toml")
    (tmp_path / "act.toml").write_bytes(b'kinds = ["\xfc"]')
    with pytest.raises(Trouble, match="save it as UTF-8"):
        rules_file.load(tmp_path / "act.toml")


def test_an_editor_on_windows_may_leave_its_mark_at_the_start(tmp_path: Path) -> None:
    (tmp_path / "act.toml").write_bytes('\ufeffkinds = ["Contact"]\r\n'.encode())
    assert rules_file.load(tmp_path / "act.toml").rules.kinds == {"contact"}


def test_without_a_zone_the_computers_own_holds_with_its_summer_time() -> None:
    zone = rules_file.parse("").rules.zone
    assert getattr(zone, "key", None), "a zone by name knows when the clocks are changed"


def _in_conflict() -> str:
    raise ZoneInfoNotFoundError


@pytest.mark.parametrize("named", [lambda: None, _in_conflict])
def test_a_machine_that_does_not_name_its_zone_is_told_where_to_write_it(
    monkeypatch: pytest.MonkeyPatch, named: Callable[[], str | None]
) -> None:
    monkeypatch.setattr("tzlocal.get_localzone_name", named)
    with pytest.raises(Trouble, match=r"line 2: this machine .* write, for example, zone = "):
        rules_file.parse('kinds = ["Contact"]\n[calendar]\nback_days = 30\n')
    parsed = rules_file.parse('[calendar]\nzone = "Europe/Berlin"\n')
    assert parsed.rules.zone == ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("choice", "path", "sent"),
    [
        ('without = ["Account Mgr"]', "customFields.rep", False),
        ('without = ["Account Mgr"]', "customFields.user6", True),
        ('without = ["Country"]', "businessAddress.country", False),
        ('without = ["Country"]', "businessAddress.city", True),
        ('without = ["businessAddress"]', "businessAddress.city", False),
        ('without = ["businessAddress/city"]', "businessAddress.city", False),
        ('without = ["customFields"]', "customFields.rep", False),
        ('only = ["Country"]', "businessAddress", True),
        ('only = ["Country"]', "businessAddress.city", False),
        ('only = ["Country"]', "fullName", False),
        ('only = ["Country"]', "id", True),
        ('without = ["id", "company"]', "id", True),
        ('only = ["COMPANY"]', "company", True),
    ],
)
def test_fields_are_chosen_by_label_or_api_name(choice: str, path: str, sent: bool) -> None:
    chosen = ruled(f"[fields.contact]\n{choice}")
    assert chosen.sends("contact", path) is sent
    assert chosen.sends("secondary_contact", path) is sent, "follows contacts, if nothing is said"
    assert chosen.sends("company", path)


def test_a_label_that_is_also_an_api_name_means_the_field_only_as_acts_api_writes_it() -> None:
    named = ruled('[fields.contact]\nwithout = ["department"]')
    assert not named.sends("contact", "department")
    assert named.sends("contact", "customFields.user2")


def test_labels_travel_for_the_fields_that_do() -> None:
    chosen = ruled('[fields.contact]\nwithout = ["Industry", "City"]')
    labels = {field.path: field.label for field in rules.labelled(chosen, METADATA)}
    assert labels["customFields.rep"] == "Account Mgr"
    assert labels["businessAddress.country"] == "Country"
    assert not {"customFields.user6", "businessAddress.city"} & labels.keys()
    assert not rules.labelled(ruled('kinds = ["note", "field"]'), METADATA)

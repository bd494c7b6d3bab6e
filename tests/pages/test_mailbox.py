"""The mailbox from outside, and where one record is; never what it says."""

import uuid
from urllib.parse import quote

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.office import Program, delete, edit, manage, put, said
from tests.pages.person import Person

SECRET = "Streng-geheime-Notiz"


def way(person: Person, record: str, kind: str = "") -> str:
    """What the page says of a record."""
    page = person.seen(f"mailbox/?id={quote(record, safe='')}&kind={kind}")
    return page.split("Where is my record?")[1].split("I know only its name")[0]


def test_an_empty_mailbox_says_so(petra: Person) -> None:
    page = petra.seen("mailbox/")
    for words in ("nothing waits for anybody", "Nothing lies in the mailbox", "No delivery yet"):
        assert words in page


def test_envelopes_are_shown_and_letters_never(
    petra: Person, server: Program, phone: Program
) -> None:
    server.deliver(put("c1", data={"name": SECRET}), put("n1", kind="note", data={"text": SECRET}))
    phone.deliver(edit("c1", 1, {"name": SECRET}))
    page = petra.read("mailbox/?id=c1")
    assert SECRET not in page
    page = petra.seen("mailbox/")
    assert "Contacts 1, Notes 1" in page
    assert "n1 written, from the office" in page
    assert "c1 written, from a device" in page
    assert "2 sorted in" in page
    assert "I know only its name" in page
    assert "clients.agent explain NAME" in page


def test_a_record_is_followed_from_the_office_to_each_device(
    petra: Person, server: Program, phone: Program
) -> None:
    tablet = petra.pair("device", "Tablet")
    batch = server.deliver(put("c1"))["batch"]
    said_of = way(petra, "c1")
    assert "lies in the mailbox" in said_of
    assert batch in said_of
    assert "Pixel 9 waits for this device" in said_of
    assert "Tablet waits for this device" in said_of
    phone.collect()
    said_of = way(petra, "c1")
    assert "Pixel 9 collected in the sync that began at" in said_of
    assert "Tablet waits for this device" in said_of
    tablet.collect()
    assert "waits" not in way(petra, "c1")
    server.deliver(put("c1", 2))
    said_of = way(petra, "c1")
    assert "Version 2" in said_of
    assert said_of.count("waits for this device") == 2


def test_the_collector_is_the_first_session_that_reached_it(
    petra: Person, server: Program, phone: Program
) -> None:
    server.deliver(put("c1"), put("c2"))
    sessions = []
    for limit in (1, 200):
        begun = said(phone.post("/sessions", {"reason": "manual"}), 201)["session"]
        page = phone.page(f"?limit={limit}")
        said(phone.post("/acks", {"cursor": page["cursor"]}, Sync_Session=begun))
        said(phone.post(f"/sessions/{begun}/finish", {"result": "ok"}))
        sessions.append(begun)
    phone.collect()
    for record, session in zip(("c1", "c2"), sessions, strict=True):
        markup = petra.read(f"mailbox/?id={record}")
        assert f"/sessions/{session}/" in markup.split("I know only")[0]


def test_a_collector_is_named_while_all_its_syncs_since_are_kept(
    petra: Person, server: Program, phone: Program
) -> None:
    server.deliver(put("c1"))
    phone.collect()
    manage("age", petra.number, "--by", "91d")
    assert "Pixel 9 collected; when is no longer known" in way(petra, "c1")
    petra.pair("device", "Tablet").collect()
    phone.collect()
    said_of = way(petra, "c1")
    assert "Pixel 9 collected; when is no longer known" in said_of
    assert "Tablet collected in the sync that began at" in said_of


def test_what_waits_again_after_a_resync_waits(
    petra: Person, server: Program, phone: Program
) -> None:
    server.deliver(put("c1"))
    phone.collect()
    assert phone.post("/resync").status_code == 202
    assert "Pixel 9 waits for this device" in way(petra, "c1")


def test_one_id_of_several_kinds(petra: Person, server: Program, phone: Program) -> None:
    server.deliver(put("7"), put("7", kind="note"), put("7", kind="group"))
    both = way(petra, "7")
    assert "Contact 7" in both
    assert "Note 7" in both
    assert "Contact 7" not in way(petra, "7", "note")


def test_a_delete_and_what_is_not_sorted_in(petra: Person, server: Program, phone: Program) -> None:
    server.deliver(put("c1"))
    server.deliver(delete("c1", 2))
    assert "deleted in the office" in way(petra, "c1")
    said(server.push(put("c9")), 202)
    assert "Contact: being sorted in · BÜRO-PC" in way(petra, "c9")


def test_without_a_copy_the_mailbox_says_that_all_have_it(
    petra: Person, server: Program, phone: Program
) -> None:
    manage("set_copy", petra.number, "off")
    server.deliver(put("c1"))
    phone.collect()
    manage("age", petra.number, "--by", "2d")
    manage("sweep")
    said_of = way(petra, "c1")
    assert "collected by every device; the mailbox keeps no copy of it" in said_of
    assert "Let go at" in said_of


def test_an_edit_is_followed_to_its_end(petra: Person, server: Program, phone: Program) -> None:
    record = str(uuid.uuid4())
    batch = phone.deliver(edit(record, None))["batch"]
    assert "Contact: waits for the office" in way(petra, record)
    outcome = {"batch": batch, "index": 0, "state": "conflict", "detail": "too late"}
    server.ack(server.page()["cursor"], outcomes=[outcome])
    said_of = way(petra, record)
    assert "Contact: changed in the office meanwhile" in said_of
    assert "too late" in said_of


def test_an_id_that_nobody_knows(petra: Person, server: Program, stranger: Person) -> None:
    server.deliver(put("c1"))
    assert "never heard of this id" in way(petra, "C1")
    assert "never heard of this id" in way(stranger, "c1")


@pytest.mark.parametrize(
    "record", ["Maria Anders", "x" * 65, "ä", "<script>alert(1)</script> x", "\x00", "\u202e"]
)
def test_what_is_no_id_is_told_in_a_sentence(petra: Person, record: str) -> None:
    markup = petra.read(f"mailbox/?id={quote(record)}")
    assert "An id has 1 to 64 letters" in markup
    assert "<script>" not in markup
    assert "A kind is one word" in petra.seen("mailbox/?id=1&kind=A%20b")


def test_the_number_of_queries_is_fixed(petra: Person, server: Program, phone: Program) -> None:
    server.deliver(put("c1"))

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            petra.read("mailbox/?id=c1")
        return len(captured)

    few = queries()
    petra.pair("device", "Tablet")
    for version in range(2, 6):
        server.deliver(*(put(f"c{n}", version) for n in range(60)), put("n1", version, kind="note"))
        phone.collect()
    assert queries() == few

"""What the storage time ends, and who is told."""

from tests.office import Office, Program, delete, edit, manage, put, refused, said, sweep_all


def test_age_never_removes_the_newest_put(office: Office, server: Program, phone: Program) -> None:
    server.deliver(put("a"))
    office.age("400d")
    sweep_all()
    assert phone.mailbox()["waiting"]["total"] == 1
    assert [c["id"] for c in phone.collect()] == ["a"]


def test_a_delete_stays_for_the_storage_time(
    office: Office, server: Program, phone: Program
) -> None:
    tablet = office.device("Tablet")
    server.deliver(put("a"), put("b"))
    for device in (phone, tablet):
        device.collect()
    server.deliver(delete("a", 2))
    tablet.collect()
    office.age("59d")
    sweep_all()
    assert phone.mailbox()["waiting"]["total"] == 1
    office.age("2d")
    sweep_all()
    told = phone.mailbox()
    assert told["resync"] == "cursor-expired"
    assert told["waiting"] == {"total": 0, "oldest": None, "since": None, "by_kind": {}}
    refused(phone.get("/changes"), 410, "cursor-expired")
    assert "resync" not in tablet.mailbox()  # it had acknowledged the delete
    findings = manage("account_status", office.number)["findings"]
    assert "resync-needed" in {finding["code"] for finding in findings}
    assert said(phone.post("/resync"), 202)["waiting"] == 1
    page = phone.page()
    assert (page["full"], [c["id"] for c in page["changes"]]) == (True, ["b"])


def test_an_acknowledged_edit_stays_a_day(office: Office, server: Program, phone: Program) -> None:
    batch = phone.deliver(edit("a", 1))["batch"]
    server.collect()
    sweep_all()
    said(server.post("/resync"), 202)
    assert len(server.collect()) == 1
    office.age("25h")
    sweep_all()
    said(server.post("/resync"), 202)
    assert server.collect() == []
    assert said(phone.get(f"/batches/{batch}"))["outcomes"][0]["state"] == "collected"


def test_an_edit_that_nobody_fetched_expires_and_is_told(
    office: Office, server: Program, phone: Program
) -> None:
    batch = phone.deliver(edit("a", 1))["batch"]
    office.age("61d")
    sweep_all()
    assert said(phone.get(f"/batches/{batch}"))["outcomes"][0]["state"] == "expired"
    assert server.mailbox()["resync"] == "cursor-expired"
    assert server.mailbox()["waiting"]["total"] == 0
    findings = manage("account_status", office.number)["findings"]
    assert "edits-refused" in {finding["code"] for finding in findings}


def test_batches_are_kept_until_thirty_days_after_their_end(
    office: Office, server: Program, phone: Program
) -> None:
    sent = server.deliver(put("a"))["batch"]
    edited = phone.deliver(edit("a", 1))["batch"]
    office.age("31d")
    sweep_all()
    refused(server.get(f"/batches/{sent}"), 404, "not-found")
    assert said(phone.get(f"/batches/{edited}"))["state"] == "applied"  # its outcome is open
    office.age("31d")
    sweep_all()
    assert said(phone.get(f"/batches/{edited}"))["outcomes"][0]["state"] == "expired"
    office.age("31d")
    sweep_all()
    refused(phone.get(f"/batches/{edited}"), 404, "not-found")

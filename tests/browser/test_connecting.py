"""The portal watched while programs come and go."""

import httpx
import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Opener
from tests.browser.house import API, PASSWORD, House, furnish
from tests.browser.window import Window
from tests.clients.program import Account, Phone
from tests.stack import Stack


@pytest.fixture
def house(browser: object, stack: Stack) -> House:
    return furnish(stack)


def test_a_device_connects_with_the_code_that_the_page_shows(
    account: Account, owner: Window, stack: Stack
) -> None:
    owner.open(f"/accounts/{account.number}/connect/device/")
    owner.page.click("main form button[type=submit]")
    code = owner.page.locator(".code").inner_text().strip()
    assert owner.page.locator("main svg.qr").count() == 1
    owner.check()
    phone = Phone(account.folder / "shown")
    phone.run("pair", code, "--url", stack.url, "--name", "Petra's phone")
    expect(owner.page.locator("#pairing")).to_contain_text("Petra's phone is connected")
    assert code not in owner.page.url
    owner.check()
    owner.page.reload()
    assert code not in owner.page.content()


def test_the_overview_shows_a_push_without_reloading(account: Account, owner: Window) -> None:
    office, phone = account.office(), account.phone("phone")
    phone.sync()
    owner.open(f"/accounts/{account.number}/")
    owner.page.evaluate("document.body.dataset.kept = 'yes'")
    office.write("contact.csv", "id,city\nA,Bern\nB,Genf\n")
    office.sync()
    card = owner.page.locator(f"[data-peer='{phone.status()['peer']}']")
    expect(card).to_contain_text("Contacts 2")
    assert owner.page.evaluate("document.body.dataset.kept") == "yes"
    phone.sync()
    expect(card).not_to_contain_text("Contacts 2")
    owner.check()


@pytest.mark.parametrize("act", ["revoke", "erase"])
def test_a_device_in_the_middle_of_a_pull_gets_not_one_byte_more(
    window: Opener, house: House, stack: Stack, act: str
) -> None:
    owner, device = window(), house.device
    owner.sign_in(house.email, PASSWORD)
    page = device.get("/changes", limit=1)
    assert not page["complete"]
    owner.open(f"/accounts/{house.number}/devices/{device.id}/{act}/")
    owner.check()
    owner.page.click("main form button[type=submit]")
    expect(owner.page.locator("[role=status]").first).to_be_visible()
    answer = httpx.get(
        f"{stack.url}{API}/changes", params={"after": page["cursor"]}, headers=device.headers
    )
    assert answer.status_code == {"revoke": 401, "erase": 403}[act]
    if act == "erase":
        (command,) = [c for c in device.get("/mailbox")["commands"] if c["do"] == "erase"]
        device.post(f"/commands/{command['id']}/done", {"result": "ok"})
    owner.open(f"/accounts/{house.number}/devices/{device.id}/")
    expect(owner.page.locator("main")).to_contain_text(
        {"revoke": "revoked", "erase": "erased"}[act]
    )
    owner.check()


def test_without_javascript_everything_is_there(window: Opener, house: House) -> None:
    plain = window(scripts=False)
    plain.sign_in(house.email, PASSWORD)
    plain.open(f"/accounts/{house.number}/")
    assert plain.page.locator(f"[data-peer='{house.device.id}']").is_visible()
    assert plain.page.locator("[data-finding='sync-failing']").is_visible()
    plain.open(f"/accounts/{house.number}/devices/{house.server.id}/sync-now/")
    plain.page.click("main form button[type=submit]")
    assert [c["do"] for c in house.server.get("/mailbox")["commands"]] == ["sync-now"]
    plain.open(f"/accounts/{house.number}/connect/device/")
    plain.page.click("main form button[type=submit]")
    assert plain.page.locator(".code").is_visible()
    plain.open(f"/accounts/{house.number}/mailbox/?id=A")
    assert "A" in plain.page.locator("main").inner_text()

"""Links and product lines written by the API."""

import pytest

from tests.act.office import Caller, Office


@pytest.fixture
def person(busy: Office) -> str:
    busy.do("reset")
    return busy.create("contact", fullName="Lena Linked", company="Of her own")


def test_a_member_comes_into_a_group_without_an_edit(
    busy: Office, visitor: Caller, person: str
) -> None:
    group = visitor.rows("groups", top=1)[0]
    path = f"groups/{group['id']}/associated-contacts/{person}"
    answer = visitor.write("PUT", path)
    assert (answer.status_code, answer.content) == (200, b"")
    after = visitor.get(f"groups/{group['id']}").json()
    assert (after["contacts"], after["edited"]) == (group["contacts"] + 1, group["edited"])
    back = f"contacts/{person}/associated-groups/{group['id']}"
    assert visitor.write("DELETE", back).status_code == 204
    assert visitor.write("DELETE", back).status_code == 404
    assert visitor.get(f"groups/{group['id']}").json() == group
    assert busy.writes()["counts"] == {"group": {"link": 1, "unlink": 1}}


def test_a_company_is_linked_by_its_id_and_keeps_its_name_there(
    visitor: Caller, person: str
) -> None:
    company = visitor.rows("companies", top=1)[0]
    visitor.write("PUT", f"contacts/{person}/associated-companies/{company['id']}")
    row = visitor.get(f"contacts/{person}").json()
    assert (row["companyID"], row["company"]) == (company["id"], company["name"])
    visitor.write("DELETE", f"companies/{company['id']}/associated-contacts/{person}")
    row = visitor.get(f"contacts/{person}").json()
    assert (row["companyID"], row["company"]) == ("", company["name"])


def test_notes_histories_and_opportunities_are_linked(
    busy: Office, visitor: Caller, person: str
) -> None:
    for kind, path in (("note", "notes"), ("history", "history")):
        other = busy.create("contact", fullName="Another")
        id = busy.create(kind, contacts=[other])
        visitor.write("PUT", f"{path}/{id}/contacts/{person}")
        row = visitor.get(f"{path}/{id}").json()
        assert [one["id"] for one in row["contacts"]] == [other, person]
        assert visitor.write("DELETE", f"{path}/{id}/contacts/{other}").status_code == 204
        assert visitor.write("DELETE", f"{path}/{id}/contacts/{person}").status_code == 400
    deal = busy.create("opportunity", name="Press", contacts=[person])
    group = visitor.rows("groups", top=1)[0]["id"]
    visitor.write("PUT", f"groups/{group}/associated-opportunities/{deal}")
    visitor.write("DELETE", f"opportunities/{deal}/associated-contacts/{person}")
    row = visitor.get(f"opportunities/{deal}").json()
    assert (row["contacts"] or [], [one["id"] for one in row["groups"]]) == ([], [group])


def test_product_lines_are_written_and_the_totals_follow(
    busy: Office, visitor: Caller, person: str
) -> None:
    deal = busy.create("opportunity", name="Press", _products=[], contacts=[person])
    path = f"opportunities/{deal}/products"
    assert visitor.write("POST", path, {"price": 5.0}).status_code == 400
    line = visitor.write("POST", path, {"name": "Cutter", "price": 50.0, "quantity": 2}).json()
    assert (line["total"], line["opportunityID"]) == (100.0, deal)
    body = {"id": line["id"], "discount": 10.0}
    line = visitor.write("PATCH", f"{path}/{line['id']}", body).json()
    assert (line["discountPrice"], line["total"]) == (45.0, 90.0)
    row = visitor.get(f"opportunities/{deal}").json()
    assert (row["productTotal"], row["product"]) == (90.0, "Cutter")
    assert visitor.write("DELETE", f"{path}/{line['id']}").status_code == 204
    assert visitor.rows(path) == []
    assert visitor.get(f"opportunities/{deal}").json()["productTotal"] == 0
    assert busy.writes()["counts"] == {"product": {"change": 1, "create": 1, "delete": 1}}

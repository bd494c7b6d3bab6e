"""OData on lists, sub-routes, bulk reads and batches."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.act.office import Caller, Office

Row = dict[str, Any]
MOMENT = "2023-06-01T00:00:00Z"
FILTERS: dict[str, Callable[[Row], bool]] = {
    f"edited ge {MOMENT}": lambda row: row["edited"] >= MOMENT,
    f"edited gt {MOMENT} and edited le 2025-01-01T00:00:00Z": lambda row: (
        MOMENT < row["edited"] <= "2025-01-01T00:00:00Z"
    ),
    f"edited lt {MOMENT}": lambda row: row["edited"] < MOMENT,
    "contactType eq 'Contact'": lambda row: row["contactType"] == "Contact",
    "idStatus ne 'Personal'": lambda row: row["idStatus"] != "Personal",
    "companyID eq ''": lambda row: row["companyID"] == "",
    "birthday eq null": lambda row: row["birthday"] is None,
    "isPrivate eq false and (idStatus eq 'Customer' or idStatus eq 'Vendor')": lambda row: (
        not row["isPrivate"] and row["idStatus"] in ("Customer", "Vendor")
    ),
    "businessAddress/country eq 'Germany'": lambda row: (
        row["businessAddress"]["country"] == "Germany"
    ),
    "customFields/user6 eq 'Medical'": lambda row: row["customFields"]["user6"] == "Medical",
    "contains(company, 'gmbh')": lambda row: "gmbh" in row["company"].lower(),
    "startswith(lastName, 'M') and endswith(emailAddress, '.com')": lambda row: (
        row["lastName"].startswith("M") and row["emailAddress"].endswith(".com")
    ),
    "lastName eq 'O''Brien'": lambda row: row["lastName"] == "O'Brien",
}


@pytest.mark.parametrize("text", FILTERS)
def test_filters(caller: Caller, text: str) -> None:
    everything = caller.rows("contacts")
    wanted = [row["id"] for row in everything if FILTERS[text](row)]
    assert 0 < len(wanted) < len(everything)
    assert [row["id"] for row in caller.rows("contacts", filter=text)] == wanted


def test_any_of_the_linked(caller: Caller) -> None:
    one = next(row for row in caller.rows("notes") if row["contacts"])
    id = one["contacts"][0]["id"]
    found = caller.rows("notes", filter=f"contacts/any(c: c/id eq '{id}')")
    assert one in found
    assert caller.rows(f"contacts/{id}/notes") == found


@pytest.mark.parametrize(
    "query",
    [
        {"filter": "spoon eq 1"},
        {"filter": "edited ge"},
        {"filter": "edited ge 2025-02-30T00:00:00Z"},
        {"filter": "tolower(lastName) eq 'x'"},
        {"filter": "not isPrivate"},
        {"filter": "idStatus in ('Customer', 'Vendor')"},
        {"orderby": "spoon"},
        {"orderby": "edited down"},
        {"select": "spoon"},
        {"top": "-1"},
        {"skip": "many"},
        {"count": "true"},
    ],
)
def test_whatever_is_not_listed_throws(busy: Office, visitor: Caller, query: Row) -> None:
    assert visitor.get("contacts", **query).status_code == 400
    assert busy.forgive()


def test_values_of_different_types_are_not_compared(caller: Caller) -> None:
    assert caller.get("contacts", filter="lastName ge 3").status_code == 400


def test_select_and_order(caller: Caller) -> None:
    rows = caller.rows("contacts", orderby="lastName desc,id", select="id,lastName", top=40)
    assert all(list(row) == ["id", "lastName"] for row in rows)
    assert [row["lastName"] for row in rows] == sorted(
        (row["lastName"] for row in rows), reverse=True
    )


def test_no_odata_on_single_records(caller: Caller) -> None:
    row = caller.rows("groups", top=1)[0]
    assert caller.get(f"groups/{row['id']}").json() == row


def test_sub_routes_tell_the_same_links_from_both_sides(caller: Caller) -> None:
    group = caller.rows("groups", top=1)[0]
    members = caller.rows(f"groups/{group['id']}/associated-contacts")
    assert members == caller.rows("group-contacts", ids=group["id"])
    for contact in members[:5]:
        groups = caller.rows(f"contacts/{contact['id']}/associated-groups")
        assert group["id"] in {each["id"] for each in groups}
    linked = next(row for row in caller.rows("contacts") if row["companyID"])
    companies = caller.rows(f"contacts/{linked['id']}/associated-companies")
    assert [each["id"] for each in companies] == [linked["companyID"]]
    back = caller.rows(f"companies/{linked['companyID']}/associated-contacts")
    assert linked["id"] in {each["id"] for each in back}


def test_bulk_reads(caller: Caller) -> None:
    rows = caller.rows("contacts", top=3)
    ids = ",".join([*(row["id"] for row in rows), "nobody"])
    assert caller.rows("contacts/by-ids", ids=ids) == rows
    assert caller.rows("contacts/by-ids", ids=[row["id"] for row in rows]) == rows
    tasks = caller.rows("tasks", top=3)
    assert caller.rows("tasks-lists", taskIds=[row["id"] for row in tasks]) == tasks


def in_batch(office: Office, caller: Caller, *paths: str) -> str:
    parts = "".join(
        "--b\r\nContent-Type: application/http; msgtype=request\r\n\r\n"
        f"GET /act.web.api/api/{path} HTTP/1.1\r\nHost: localhost\r\n\r\n\r\n"
        for path in paths
    )
    answer = caller.http.post(
        f"{office.url}/api/$batch",
        content=parts + "--b--\r\n",
        headers={"Content-Type": "multipart/mixed; boundary=b"},
    )
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("multipart/mixed")
    return answer.text


def test_a_batch_asks_each_part(act: Office, caller: Caller) -> None:
    id = caller.rows("contacts", top=1)[0]["id"]
    text = in_batch(act, caller, f"contacts/{id}", "contacts/nobody", "notes?$top=1&format=text")
    assert text.count("HTTP/1.1 200") == 2
    assert text.count("HTTP/1.1 404") == 1
    assert id in text


@pytest.mark.parametrize(
    ("without", "path", "query", "status"),
    [
        ("select", "contacts", {"select": "id"}, 400),
        ("select:note", "notes", {"select": "id"}, 400),
        ("select:note", "contacts", {"select": "id"}, 200),
        ("second-order", "contacts", {"orderby": "edited,id"}, 400),
        ("edited-filter:note", "notes", {"filter": f"edited ge {MOMENT}"}, 400),
        ("edited-filter:note", "History", {"filter": f"edited ge {MOMENT}"}, 200),
        ("edited-filter", "tasks", {"filter": f"edited ge {MOMENT}"}, 400),
        ("start-filter", "tasks", {"filter": f"startTime ge {MOMENT}"}, 400),
        ("tasks", "tasks", {}, 404),
        ("tasks", "activities", {}, 200),
        ("activities", "activities", {}, 404),
        ("recurring-tasks", "recurring-tasks", {}, 404),
    ],
)
def test_what_an_installation_lacks(
    busy: Office, visitor: Caller, without: str, path: str, query: Row, status: int
) -> None:
    busy.do("version", api_version="1.1.524.0", without=[without])
    assert visitor.get(path, **query).status_code == status
    assert visitor.get("system").json()["apiVersion"] == "1.1.524.0"


def test_a_list_that_knows_no_skip_and_no_batch() -> None:
    with Office("--without", "skip,batch", contacts=10) as office, Caller(office) as caller:
        assert caller.rows("groups", skip=2) == caller.rows("groups")
        assert caller.http.post(f"{office.url}/api/$batch").status_code == 404


def test_routes_that_nobody_serves(busy: Office, visitor: Caller) -> None:
    assert visitor.get("spoons").status_code == 404
    assert visitor.http.post(f"{busy.url}/api/cache-refresh").status_code == 405
    assert busy.forgive() == ["request: GET /api/spoons: the table has no such route"]

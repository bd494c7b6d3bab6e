"""Product lines of an opportunity; its totals follow them, and so does its `edited` [I]."""

from collections.abc import Callable

from tests.act import bodies, demands
from tests.act.answers import Answer, not_found, told
from tests.act.calls import Call
from tests.act.clerk import Clerk
from tests.act.people import Stored
from tests.act.records import NOTHING
from tests.act.rendering import Row

_EMPTY: Stored = {
    "name": "", "cost": 0.0, "price": 0.0, "discount": 0.0, "discountPrice": 0.0, "quantity": 1.0,
    "total": 0.0, "itemNumber": "", "productID": None, "type": None, "isQuickbooksProduct": False,
    "createDate": None, "editDate": None, "customFields": None,
}  # fmt: skip


class ProductLines(Clerk):
    """Each method answers calls of the routes that `PRODUCT_LINES` names."""

    def create(self, call: Call) -> Answer:
        number, row = self._opportunity(call)
        made = row["_lines"] = row.get("_lines", 0) + 1
        guid = self.database.guid(f"line of {number}", made)
        line = _EMPTY | {"id": guid, "opportunityID": row["id"]}
        row["_products"].append(line)
        return self._written(call, number, row, line, "create")

    def change(self, call: Call) -> Answer:
        number, row = self._opportunity(call)
        return self._written(call, number, row, self._line(call, row), "change")

    def delete(self, call: Call) -> Answer:
        number, row = self._opportunity(call)
        line = self._line(call, row)
        row["_products"].remove(line)
        self._keep(call, number, row, line, "delete")
        return NOTHING

    def _opportunity(self, call: Call) -> tuple[int, Stored]:
        number = self.visible("opportunity", call.first)
        self.allow("opportunity", "change")
        return number, self.database.row("opportunity", number)

    def _line(self, call: Call, row: Stored) -> Stored:
        for line in row["_products"]:
            if line["id"] == call.values["productId"]:
                found: Stored = line
                return found
        raise not_found()

    def _written(self, call: Call, number: int, row: Stored, line: Stored, op: str) -> Answer:
        body = bodies.body_of(call)
        dropped, whole = self.dropped("product"), call.route.method == "PUT"
        named = bodies.taken(body, "OpportunityProduct", dropped, whole=whole)
        before = dict(line)
        line |= named
        demands.check("product", before, line, named, is_new=op == "create")
        price = (line["price"] or 0.0) * (1 - (line["discount"] or 0.0) / 100)
        line["discountPrice"] = round(price, 2)
        line["total"] = round(line["discountPrice"] * (line["quantity"] or 0.0), 2)
        self._keep(call, number, row, line, op, changed=sorted(named))
        return told(self._shown(number, line), call.route.status)

    def _shown(self, number: int, line: Stored) -> Row:
        return next(row for row in self.renderer.products(number) if row["id"] == line["id"])

    def _keep(
        self, call: Call, number: int, row: Stored, line: Stored, op: str, **more: list[str]
    ) -> None:
        total = sum(each["total"] for each in row["_products"])
        row |= dict.fromkeys(
            ("productTotal", "totalPerCompany", "totalPerContact", "totalPerGroup"), total
        )
        row["product"] = row["_products"][0]["name"] if row["_products"] else ""
        row["grossMargin"] = round(
            sum(
                each["total"] - (each["cost"] or 0.0) * (each["quantity"] or 0.0)
                for each in row["_products"]
            ),
            2,
        )
        row["weightedTotal"] = round(total * (row["probability"] or 0) / 100, 2)
        row["_editor"] = self.me
        self.database.put("opportunity", number, row)
        self.note(call, "product", op, line["id"], of=row["id"], **more)


_LINES = "/api/opportunities/{opportunityId}/products"
PRODUCT_LINES: dict[str, Callable[[ProductLines, Call], Answer]] = {
    f"POST {_LINES}": ProductLines.create,
    f"PUT {_LINES}/{{productId}}": ProductLines.change,
    f"PATCH {_LINES}/{{productId}}": ProductLines.change,
    f"DELETE {_LINES}/{{productId}}": ProductLines.delete,
}

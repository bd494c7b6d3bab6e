"""Opportunities with their product lines, stages and processes."""

from typing import Any

from tests.act import words
from tests.act.draw import Chance
from tests.act.fields import CUSTOM
from tests.act.people import Stored
from tests.act.times import DAY, stamp

STATUS = ("Open", "Won", "Lost", "Inactive")
PROCESSES = ("Sales Cycle", "US Sales Process")
STAGES = (
    ("Contact", 5),
    ("Needs", 10),
    ("Presentation", 20),
    ("Proposal", 40),
    ("Negotiation", 65),
)


def process(chance: Chance, number: int, *, with_stages: bool = False) -> dict[str, Any]:
    """A Process; its stages are left out where it stands in a stage itself."""
    return {
        "id": chance.guid("process", number),
        "name": PROCESSES[number],
        "description": "",
        "status": "Active",
        "stagesCount": len(STAGES),
        "stages": stages(chance, number) if with_stages else None,
    }


def stages(chance: Chance, process_number: int) -> list[dict[str, Any]]:
    """The stages of a process in their order."""
    return [
        {
            "id": chance.guid("stage", process_number * len(STAGES) + number),
            "name": name,
            "description": "",
            "probability": probability,
            "number": number + 1,
            "process": process(chance, process_number),
        }
        for number, (name, probability) in enumerate(STAGES)
    ]


def opportunity(chance: Chance, number: int, created: int) -> Stored:
    """An opportunity; `_products` holds its product lines. `status` is an integer (seen live)."""
    dice = chance.dice("opportunity", number)
    status = dice.choices(range(4), (50, 25, 20, 5))[0]
    stage = dice.choice(stages(chance, dice.randrange(len(PROCESSES))))
    lines = [_product(chance, number, line) for line in range(dice.randrange(4))]
    total = sum(line["total"] for line in lines)
    return {
        "name": f"{dice.choice(words.DEALS)} {number}",
        "actualCloseDate": stamp(created + 60 * DAY) if status in (1, 2) else None,
        "competitor": dice.choice(("", "", "Falken", None)),
        "creator": "",
        "daysOpen": dice.randrange(400),
        "daysInStage": dice.randrange(90),
        "estimatedCloseDate": stamp(created + 90 * DAY),
        "stageStartDate": stamp(created),
        "grossMargin": round(total * 0.3, 2),
        "openDate": stamp(created),
        "probability": stage["probability"],
        "productTotal": total,
        "product": lines[0]["name"] if lines else "",
        "reason": "",
        "source": "",
        "sourceId": None,
        "stage": stage,
        "status": status,
        "importDate": None,
        "totalPerCompany": total,
        "totalPerContact": total,
        "totalPerGroup": total,
        "weightedTotal": round(total * stage["probability"] / 100, 2),
        "quickbooksInvoiceId": None,
        "relatedEntitiesResolver": None,
        "customFields": {field.name: None for field in CUSTOM["opportunity"]},
        "_products": lines,
    }


def _product(chance: Chance, number: int, line: int) -> dict[str, Any]:
    dice = chance.dice("product", number * 10 + line)
    price, quantity = round(dice.random() * 9_000, 2), dice.randrange(1, 6)
    return {
        "id": chance.guid("product", number * 10 + line),
        "name": dice.choice(words.DEALS),
        "cost": round(price * 0.7, 2),
        "price": price,
        "discount": 0.0,
        "discountPrice": price,
        "quantity": float(quantity),
        "total": round(price * quantity, 2),
        "itemNumber": f"A-{dice.randrange(1000):03}",
        "opportunityID": chance.guid("opportunity", number),
        "productID": None,
        "type": None,
        "isQuickbooksProduct": False,
        "createDate": None,
        "editDate": None,
        "customFields": None,
    }

from typing import Any

from django.core.management.base import CommandParser

from mailbox import wall
from sync.management.operator import OperatorCommand


class Command(OperatorCommand):
    help = (
        "Put up the second wall between accounts (row-level security), once no process of a"
        " release without it runs; or take it down before one is run again."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("what", choices=["up", "down", "show"])

    def run(self, **options: Any) -> dict[str, Any]:
        if options["what"] == "up":
            wall.put_up()
        elif options["what"] == "down":
            wall.take_down()
        return {"wall": "up" if wall.is_up() else "down"}

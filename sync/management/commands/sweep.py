from typing import Any

from django.core.management.base import CommandParser

from sync import sweeps
from sync.management.operator import OperatorCommand, moment


class Command(OperatorCommand):
    help = "Run every due task once; with --at as if it were then."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--at", metavar="ISO")

    def run(self, **options: Any) -> dict[str, Any]:
        return sweeps.run(now=moment(options["at"]))

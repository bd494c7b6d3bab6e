"""Keep the committed copy of the API's description in step with the code."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from sync.api.schema import document


class Command(BaseCommand):
    """Prints, writes or compares."""

    help = "Print the OpenAPI document; --write renews docs/openapi.json, --check compares it."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        what = parser.add_mutually_exclusive_group()
        what.add_argument("--write", action="store_true")
        what.add_argument("--check", action="store_true", help="fail where the copy is outdated")

    def handle(self, *args: Any, **options: Any) -> None:
        text = document.as_text()
        if options["write"]:
            document.COMMITTED.write_text(text)
        elif options["check"]:
            if not document.COMMITTED.exists() or document.COMMITTED.read_text() != text:
                raise CommandError(
                    "docs/openapi.json is outdated: run `manage.py openapi --write`."
                )
        else:
            self.stdout.write(text, ending="")

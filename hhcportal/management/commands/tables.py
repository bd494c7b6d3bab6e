from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    """One process instead of three: a start of the whole program waits for it."""

    help = (
        "Everything that the database needs where nothing of an older release runs: migrate,"
        " createcachetable and wall up."
    )
    # `migrate` checks everything, the database with it.
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        told: dict[str, Any] = {"stdout": self.stdout, "verbosity": options["verbosity"]}
        call_command("migrate", interactive=False, skip_checks=False, **told)
        call_command("createcachetable", **told)
        call_command("wall", "up", **told)

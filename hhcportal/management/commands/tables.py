from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    """One process instead of three: a start of the whole program waits for it."""

    help = (
        "Everything that the database needs where nothing of an older release runs: migrate,"
        " createcachetable and wall up."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        call_command("migrate", interactive=False, skip_checks=False, stdout=self.stdout)
        call_command("createcachetable", stdout=self.stdout)
        call_command("wall", "up", stdout=self.stdout)

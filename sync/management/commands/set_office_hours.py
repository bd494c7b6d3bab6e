import re
from datetime import time
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser

from accounts import clock
from accounts.hours import HoursInvalid, OfficeHours, office_hours
from sync import lifecycle
from sync.management.operator import OperatorCommand, account_of

OFF = "off"
_TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")
_DAYS = re.compile(r"[1-7](-[1-7])?(,[1-7](-[1-7])?)*")


class Command(OperatorCommand):
    help = "Set an account's office hours, outside which its server's silence is no fault."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("account")
        parser.add_argument("days", help=f"1-5 for Monday to Friday, or 1,2,4; {OFF} ends them")
        parser.add_argument("opens", nargs="?", help="08:00")
        parser.add_argument("closes", nargs="?", help="17:30")
        parser.add_argument("--zone", default=settings.TIME_ZONE)

    def run(self, **options: Any) -> dict[str, Any]:
        account = account_of(options["account"])
        hours = None if options["days"] == OFF else _hours(options)
        lifecycle.set_office_hours(account, hours, actor=lifecycle.OPERATOR, now=clock.now())
        return {
            "account": account.number,
            "days": list(hours.days) if hours else None,
            "opens": hours.opens.isoformat("minutes") if hours else None,
            "closes": hours.closes.isoformat("minutes") if hours else None,
            "zone": hours.zone if hours else None,
        }


def _hours(options: dict[str, Any]) -> OfficeHours:
    try:
        return office_hours(
            _days(options["days"]), _time(options["opens"]), _time(options["closes"]),
            options["zone"],
        )  # fmt: skip
    except HoursInvalid as refusal:
        raise CommandError(str(refusal)) from None


def _days(text: str) -> list[int]:
    if not _DAYS.fullmatch(text):
        raise CommandError(f"{text} are no days as 1-5 or 1,2,4.")
    ends = [[int(end) for end in part.split("-")] for part in text.split(",")]
    return [day for end in ends for day in range(end[0], end[-1] + 1)]


def _time(text: str | None) -> time:
    if text is None or not _TIME.fullmatch(text):
        raise CommandError("Office hours need two times as 08:00 and 17:30.")
    return time.fromisoformat(text)

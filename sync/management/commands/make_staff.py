import secrets
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import CommandError, CommandParser
from django.core.validators import validate_email

from accounts import clock
from accounts.models import User
from accounts.staff import Standing
from sync import lifecycle
from sync.management.operator import OperatorCommand

STANDINGS = {standing.value.replace(" ", "-"): standing for standing in Standing}


class Command(OperatorCommand):
    help = (
        "Make somebody support, support that may act, or an administrator of the admin, or none "
        "of these. Who is new gets --password, or one that is made and shown once."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument("standing", choices=STANDINGS)
        parser.add_argument("--password")

    def run(self, **options: Any) -> dict[str, Any]:
        email = options["email"].strip().lower()
        try:
            validate_email(email)
        except ValidationError:
            raise CommandError(f"{email} is no e-mail address.") from None
        answer = {"email": email, "standing": options["standing"]}
        user = User.objects.filter(email=email).first()
        if user is None:
            password = options["password"] or secrets.token_urlsafe(12)
            user = User.objects.create_user(email, password)
            if not options["password"]:
                answer["password"] = password
        lifecycle.set_standing(
            user, STANDINGS[options["standing"]], actor=lifecycle.OPERATOR, now=clock.now()
        )
        return answer

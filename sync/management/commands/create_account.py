import secrets
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import CommandError, CommandParser
from django.core.validators import validate_email

from accounts import clock
from accounts.models import Account, User
from sync import lifecycle
from sync.management.operator import OperatorCommand


class Command(OperatorCommand):
    help = "Open an account with its owner. Without --password one is made and shown once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name")
        parser.add_argument("--email", required=True)
        parser.add_argument("--password")
        parser.add_argument(
            "--if-empty", action="store_true", help="do nothing where an account exists"
        )

    def run(self, **options: Any) -> dict[str, Any]:
        if options["if_empty"] and Account.objects.exists():
            return {"account": None}
        name, email = options["name"].strip(), options["email"].strip()
        if not name or len(name) > 200 or "\0" in name:
            raise CommandError("An account's name has 1 to 200 characters.")
        try:
            validate_email(email)
        except ValidationError:
            raise CommandError(f"{email} is no e-mail address.") from None
        known = User.objects.filter(email=email.lower()).exists()
        password = options["password"] or (None if known else secrets.token_urlsafe(12))
        opened = lifecycle.open_account(
            name, email=email, password=password, actor=lifecycle.OPERATOR, now=clock.now()
        )
        answer = {"account": opened.account.number, "email": opened.email}
        if not known and not options["password"]:
            answer["password"] = password or ""
        return answer

"""Who may sign up: nobody by themselves; accounts are opened by an operator."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class Adapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """allauth's sign-in with the public sign-up closed."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

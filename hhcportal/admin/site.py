"""The admin's site: sign-in, sign-out and passwords are the portal's own, by allauth."""

from typing import Any

from allauth.account.decorators import secure_admin_login
from django.conf import settings
from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _


class SupportSite(AdminSite):
    """Opens with the list of accounts."""

    index_title = _("Support")
    enable_nav_sidebar = False
    empty_value_display = "–"

    @method_decorator(secure_admin_login)
    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Whoever is signed in and no staff gets 403, all others allauth's form."""
        return super().login(request, extra_context)

    def logout(  # type: ignore[override]  # no page of the stock admin
        self, request: HttpRequest, extra_context: Any = None
    ) -> HttpResponse:
        return redirect("account_logout")

    def password_change(  # type: ignore[override]  # no page of the stock admin
        self, request: HttpRequest, extra_context: Any = None
    ) -> HttpResponse:
        return redirect("account_change_password")

    def index(  # type: ignore[override]  # no page of the stock admin
        self, request: HttpRequest, extra_context: Any = None
    ) -> HttpResponse:
        return redirect("admin:accounts_account_changelist")

    def each_context(self, request: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().each_context(request)
        return context | {
            "site_title": settings.PRODUCT_NAME,
            "site_header": settings.PRODUCT_NAME,
        }

    def app_index(  # type: ignore[override]  # no page of the stock admin
        self, request: HttpRequest, app_label: str, extra_context: Any = None
    ) -> HttpResponse:
        return redirect("admin:accounts_account_changelist")


site = SupportSite()

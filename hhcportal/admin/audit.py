"""The audit trail: what people, programs and operators did. Nobody edits it."""

from django.contrib import admin
from django.utils.translation import gettext_lazy

from accounts import clock
from accounts.models import AuditEvent
from hhcportal.admin import cells
from hhcportal.admin.cells import column
from hhcportal.admin.listing import LookAdmin
from hhcportal.admin.site import site


@admin.register(AuditEvent, site=site)
class AuditEventAdmin(LookAdmin):
    """Newest first; `?account=` shows one account's."""

    list_display = (
        "when", "of_account", column("actor", gettext_lazy("Who")),
        column("action", gettext_lazy("What")), "told",
    )  # fmt: skip
    list_select_related = ("account",)
    ordering = ("-id",)
    account_field = "account"

    @admin.display(description=gettext_lazy("at"))
    def when(self, event: AuditEvent) -> str:
        return cells.moment(event.at, clock.now())

    @admin.display(description=gettext_lazy("account"))
    def of_account(self, event: AuditEvent) -> str:
        return cells.account_link(event.account) if event.account else cells.NOTHING

    @admin.display(description=gettext_lazy("detail"))
    def told(self, event: AuditEvent) -> str:
        return cells.pairs(event.detail)

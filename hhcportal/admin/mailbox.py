"""An account's batches without what they carried: read only, as all of the mailbox."""

from contextlib import nullcontext
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from accounts import clock
from hhcportal.admin import cells
from hhcportal.admin.cells import column
from hhcportal.admin.filters import by_choice
from hhcportal.admin.listing import OfOneAccountAdmin
from hhcportal.admin.site import site
from mailbox.models import Batch
from mailbox.wall import acting_for


@admin.register(Batch, site=site)
class BatchAdmin(OfOneAccountAdmin):
    """Newest first."""

    list_title = gettext_lazy("Deliveries")
    account_field = "mailbox__account"
    list_display = (
        "arrived", column("uuid", gettext_lazy("Delivery")), column("peer", gettext_lazy("From")),
        column("state", gettext_lazy("State")), column("accepted", gettext_lazy("Accepted")),
        column("applied", gettext_lazy("Applied")), column("stale", gettext_lazy("Stale")),
        "refused", column("tries", gettext_lazy("Tries")),
    )  # fmt: skip
    list_filter = (by_choice("state", gettext_lazy("state"), Batch.State.choices),)
    list_select_related = ("peer",)
    ordering = ("-id",)

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        account = self.account_asked_for(request)
        with acting_for(account.pk) if account else nullcontext():
            return super().changelist_view(request, extra_context)

    @admin.display(description=gettext_lazy("received"))
    def arrived(self, batch: Batch) -> str:
        return cells.moment(batch.received_at, clock.now())

    @admin.display(description=gettext_lazy("refused"))
    def refused(self, batch: Batch) -> int:
        return len(batch.rejected)

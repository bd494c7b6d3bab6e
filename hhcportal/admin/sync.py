"""An account's syncs, all of them: the account's page shows the newest."""

from django.contrib import admin
from django.utils.translation import gettext_lazy

from accounts import clock
from hhcportal.admin import cells
from hhcportal.admin.cells import column
from hhcportal.admin.filters import by_choice
from hhcportal.admin.listing import OfOneAccountAdmin
from hhcportal.admin.site import site
from hhcportal.pages.labels import reason_word, result_word
from sync.findings import words
from sync.models import Session


@admin.register(Session, site=site)
class SessionAdmin(OfOneAccountAdmin):
    """Newest first."""

    list_title = gettext_lazy("Syncs")
    list_display = (
        "began", column("peer", gettext_lazy("Who")), "why", "outcome", "took",
        column("sent", gettext_lazy("Sent")), column("received", gettext_lazy("Received")), "error",
    )  # fmt: skip
    list_filter = (by_choice("result", gettext_lazy("result"), Session.Result.choices),)
    list_select_related = ("peer",)
    ordering = ("-started_at",)

    @admin.display(description=gettext_lazy("began"))
    def began(self, session: Session) -> str:
        return cells.moment(session.started_at, clock.now())

    @admin.display(description=gettext_lazy("reason"))
    def why(self, session: Session) -> str:
        return reason_word(session.reason)

    @admin.display(description=gettext_lazy("result"))
    def outcome(self, session: Session) -> str:
        return result_word(session.result)

    @admin.display(description=gettext_lazy("took"))
    def took(self, session: Session) -> str:
        return words.span(session.last_request_at - session.started_at)

    @admin.display(description=gettext_lazy("error"))
    def error(self, session: Session) -> str:
        told = " · ".join(filter(None, (session.error_code, session.error_detail)))
        return words.shown(told, 120) if told else cells.NOTHING

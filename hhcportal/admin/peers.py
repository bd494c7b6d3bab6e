"""Servers and devices: a list to find one; what it does stands on its account's page."""

import uuid
from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from accounts import clock
from accounts.models import Peer
from hhcportal.admin import cells
from hhcportal.admin.acts import PEER_ACTS
from hhcportal.admin.cells import column
from hhcportal.admin.confirm import ActingAdmin
from hhcportal.admin.filters import by_choice
from hhcportal.admin.listing import LookAdmin
from hhcportal.admin.site import site
from hhcportal.pages.labels import peer_state_word
from sync import presence
from sync.findings import words
from sync.findings.facts import contacts_of


@admin.register(Peer, site=site)
class PeerAdmin(LookAdmin, ActingAdmin):
    """Found by a part of the name, or by the whole id."""

    list_display = (
        "called", column("get_role_display", gettext_lazy("Role")), "standing", "of_account",
        "heard", "synced", "version",
    )  # fmt: skip
    list_filter = (
        by_choice("role", gettext_lazy("role"), Peer.Role.choices),
        by_choice("state", gettext_lazy("state"), Peer.State.choices),
    )
    list_select_related = ("account", "presence")
    ordering = ("-paired_at", "pk")
    search_fields = ("name",)
    search_help_text = gettext_lazy("A part of its name, or its id")
    account_field = "account"
    acts = PEER_ACTS

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        text = search_term.strip()
        if not text:
            return queryset, False
        try:
            return queryset.filter(Q(pk=uuid.UUID(text)) | Q(name__icontains=text)), False
        except ValueError:
            return queryset.filter(name__icontains=text), False

    @admin.display(description=gettext_lazy("name"))
    def called(self, peer: Peer) -> str:
        return words.shown(peer.name, 60)

    @admin.display(description=gettext_lazy("state"))
    def standing(self, peer: Peer) -> str:
        if peer.state != Peer.State.ACTIVE:
            return peer_state_word(peer.state)
        contacts = contacts_of(peer.presence, peer.role, peer.account)
        return cells.presence_badge(presence.state(contacts, clock.now()))

    @admin.display(description=gettext_lazy("account"))
    def of_account(self, peer: Peer) -> str:
        return cells.account_link(peer.account)

    @admin.display(description=gettext_lazy("last contact"))
    def heard(self, peer: Peer) -> str:
        return cells.ago(peer.presence.last_contact, clock.now())

    @admin.display(description="Most recent sync")
    def synced(self, peer: Peer) -> str:
        return cells.ago(peer.presence.last_sync, clock.now())

    @admin.display(description=gettext_lazy("program"))
    def version(self, peer: Peer) -> str:
        told = " · ".join(filter(None, (peer.platform, peer.client_version)))
        return words.shown(told) if told else cells.NOTHING

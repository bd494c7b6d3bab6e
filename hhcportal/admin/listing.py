"""Lists that stay quick on large tables, and pages that only show."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import PAGE_VAR, ChangeList
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.text import capfirst

from accounts.models import Account

PER_PAGE = 50
LAST_PAGE = 1000
LONGEST_ID = 18  # digits that a bigint holds for sure


class PageList(ChangeList):
    """A page of a list. Nothing is counted: one row more than is shown tells of a next page."""

    has_next = False

    def get_results(self, request: HttpRequest) -> None:
        self.page_num = min(max(self.page_num, 1), LAST_PAGE)
        first = (self.page_num - 1) * self.list_per_page
        rows = list(self.queryset[first : first + self.list_per_page + 1])
        self.has_next = len(rows) > self.list_per_page and self.page_num < LAST_PAGE
        self.result_list = rows[: self.list_per_page]
        # Equal, so that no template offers to count or to show the whole table.
        self.result_count = self.full_result_count = len(self.result_list)
        self.can_show_all = self.multi_page = False
        self.show_admin_actions = True

    @property
    def next_query(self) -> str:
        return str(self.get_query_string({PAGE_VAR: self.page_num + 1}))

    @property
    def previous_query(self) -> str:
        return str(self.get_query_string({PAGE_VAR: self.page_num - 1}))


class ListAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # not subscriptable when it runs
    """A list without counts, facets or columns to sort by. Nothing is deleted in the admin."""

    list_per_page = PER_PAGE
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    sortable_by = ()
    actions = None
    list_title: Any = ""
    # The look-up that leads to the account; a list may be asked for one account by it.
    account_field = ""

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return PageList

    def lookup_allowed(self, lookup: str, value: str, request: Any = None) -> bool:
        return lookup == self.account_field or super().lookup_allowed(lookup, value, request)

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        context = {
            "title": self.list_title or capfirst(self.opts.verbose_name_plural),
            "of_account": self.account_asked_for(request),
        }
        return super().changelist_view(request, context | (extra_context or {}))

    def account_asked_for(self, request: HttpRequest) -> Account | None:
        """The one account whose rows are listed; None: all are."""
        asked = request.GET.get(self.account_field, "") if self.account_field else ""
        if not asked.isascii() or not asked.isdecimal() or len(asked) > LONGEST_ID:
            return None
        return Account.objects.filter(pk=int(asked)).first()

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        one_button = {"show_save_and_add_another": False, "show_save_and_continue": False}
        return super().render_change_form(request, context | one_button, *args, **kwargs)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> Any:
        raise Http404  # what was done stands in the audit events

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """Nothing: the audit event of `sync.lifecycle` is the one record."""

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """Nothing: the audit event of `sync.lifecycle` is the one record."""


class LookAdmin(ListAdmin):
    """A list of what nobody adds or edits here; a row has no page of its own."""

    list_display_links = None

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def change_view(self, *args: Any, **kwargs: Any) -> HttpResponse:
        raise Http404


class OfOneAccountAdmin(LookAdmin):
    """A list that is asked for one account by `account_field`; all of them are too many."""

    account_field = "account"

    def has_module_permission(self, request: HttpRequest) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> Any:
        rows = super().get_queryset(request)
        return rows if self.account_asked_for(request) else rows.none()

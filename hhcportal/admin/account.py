"""Accounts: the list, the page of one, opening one, adding a person."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import clock
from accounts.models import Account, Membership
from hhcportal.admin import cells
from hhcportal.admin.account_page import page_of
from hhcportal.admin.acts import ACCOUNT_ACTS, PEER_ACTS
from hhcportal.admin.confirm import MAY_ACT, ActingAdmin
from hhcportal.admin.filters import LateFilter, StateFilter, TroubleFilter
from hhcportal.admin.listing import PageList
from hhcportal.admin.rows import Row, rows_of
from hhcportal.admin.search import accounts_named
from hhcportal.admin.site import site
from sync import lifecycle
from sync.findings import words


class AccountList(PageList):
    """Each account of the page with its row."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        rows = rows_of(self.result_list, now=clock.now())
        for account in self.result_list:
            account.row = rows[account.pk]


class OpenForm(forms.ModelForm):  # type: ignore[type-arg]  # not subscriptable when it runs
    """A new account with its owner."""

    owner = forms.EmailField(
        label=gettext_lazy("Owner's e-mail"),
        help_text=gettext_lazy("Who is new here chooses a password by “Forgotten your password?”."),
    )

    class Meta:
        model = Account
        fields = ("name", "owner")


class PersonForm(forms.Form):
    """Somebody who may see an account."""

    email = forms.EmailField(
        label=gettext_lazy("E-mail"),
        help_text=gettext_lazy("Who is new here chooses a password by “Forgotten your password?”."),
    )
    role = forms.ChoiceField(label=gettext_lazy("Role"), choices=Membership.Role.choices)


@admin.register(Account, site=site)
class AccountAdmin(ActingAdmin):
    """Support looks and acts; administrators also open accounts, rename them and add people."""

    list_display = ("numbered", "called", "state_now", "until", "finding", "server", "devices",
                    "waiting")  # fmt: skip
    list_display_links = ("numbered", "called")
    list_filter = (StateFilter, TroubleFilter, LateFilter)
    ordering = ("-id",)
    search_fields = ("number",)  # shows the field; `get_search_results` looks further
    search_help_text = gettext_lazy(
        "A part of its number or name, of an e-mail, of a device's name"
    )
    acts = ACCOUNT_ACTS

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[PageList]:
        return AccountList

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        text = search_term.strip()
        return (accounts_named(queryset, text) if text else queryset), False

    @admin.display(description=gettext_lazy("Number"))
    def numbered(self, account: Account) -> str:
        return account.number

    @admin.display(description=gettext_lazy("name"))
    def called(self, account: Account) -> str:
        return words.shown(account.name, 60)

    @admin.display(description=gettext_lazy("state"))
    def state_now(self, account: Account) -> str:
        return cells.state_badge(account.state_at(clock.now()))

    @admin.display(description=gettext_lazy("until"))
    def until(self, account: Account) -> str:
        return words.last_day(account.ends_at) if account.ends_at else cells.NOTHING

    @admin.display(description=gettext_lazy("finding"))
    def finding(self, account: Account) -> str:
        return cells.health_badge(_row(account).health)

    @admin.display(description=gettext_lazy("Act! server"))
    def server(self, account: Account) -> str:
        row = _row(account)
        if row.server is None:
            return _("none connected")
        return cells.presence_badge(row.server_presence)

    @admin.display(description=gettext_lazy("devices"))
    def devices(self, account: Account) -> str:
        row = _row(account)
        if row.worst is None:
            return "0"
        badge = cells.presence_badge(row.worst)
        return cells.joined(words.number(row.devices), cells.counted(badge, row.troubled))

    @admin.display(description=gettext_lazy("waiting"))
    def waiting(self, account: Account) -> str:
        return words.number(_row(account).waiting)

    # ------------------------------------------------------------ the page of one account
    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        if obj is None:
            kwargs["form"] = OpenForm
        return super().get_form(request, obj, change, **kwargs)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("name",) if obj else ("name", "owner")

    def render_change_form(
        self,
        request: HttpRequest,
        context: Any,
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Any = None,
    ) -> HttpResponse:
        if obj is not None:
            may_act = request.user.has_perm(MAY_ACT)
            context |= {
                **page_of(obj, now=clock.now()),
                "title": words.shown(obj.name, 80),
                "subtitle": None,
                "account_acts": ACCOUNT_ACTS if may_act else (),
                "peer_acts": PEER_ACTS if may_act else (),
                "may_add_person": _may_add_person(request),
            }
        return super().render_change_form(request, context, add, change, form_url, obj)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        actor, now = request.user.email, clock.now()  # type: ignore[union-attr]
        if change:
            lifecycle.rename_account(Account.objects.get(pk=obj.pk), obj.name, actor=actor, now=now)
            return
        opened = lifecycle.open_account(
            obj.name, email=form.cleaned_data["owner"], password=None, actor=actor, now=now
        )
        obj.pk = opened.account.pk
        obj.refresh_from_db()

    def response_post_save_add(self, request: HttpRequest, obj: Any) -> HttpResponseRedirect:
        return redirect("admin:accounts_account_change", obj.pk)

    response_post_save_change = response_post_save_add

    # ------------------------------------------------------------ people
    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(self.add_person)
        return [path("<int:pk>/person/", view, name="accounts_account_person"), *super().get_urls()]

    def add_person(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Let a person into an account."""
        if not _may_add_person(request):
            raise PermissionDenied
        account = Account.objects.filter(pk=pk).first()
        if account is None:
            raise Http404
        form = PersonForm(request.POST or None)
        if form.is_valid():
            person = lifecycle.add_person(
                account, form.cleaned_data["email"], form.cleaned_data["role"],
                actor=request.user.email, now=clock.now(),  # type: ignore[union-attr]
            )  # fmt: skip
            messages.success(request, _("%(person)s belongs to the account.") % {"person": person})
            return redirect("admin:accounts_account_change", pk)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Add a person"),
            "account": account,
            "form": form,
        }
        return TemplateResponse(request, "admin/person.html", context)


def _row(account: Account) -> Row:
    row: Row = account.row  # type: ignore[attr-defined]  # set by AccountList
    return row


def _may_add_person(request: HttpRequest) -> bool:
    return request.user.has_perm("accounts.add_membership")

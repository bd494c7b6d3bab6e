"""Actions on what was chosen in a list: asked once with their consequence, then done one by one."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import BadRequest, PermissionDenied, ValidationError
from django.core.validators import MaxValueValidator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts import clock
from hhcportal.admin.acts import Act, Order
from hhcportal.admin.listing import PER_PAGE, ListAdmin
from sync.lifecycle import NotPossible

MAY_ACT = "accounts.act_on_account"


class UntilForm(forms.Form):
    """The last day that an account works."""

    until = forms.DateField(
        label=gettext_lazy("Last day"),
        required=False,
        help_text=gettext_lazy("Empty: without an end."),
        validators=[MaxValueValidator(date(2999, 12, 31))],
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def clean_until(self) -> date | None:
        day: date | None = self.cleaned_data["until"]
        if day is not None and day < timezone.localdate(clock.now()):
            raise ValidationError(_("This day is over: choose today or a later one."))
        return day

    @property
    def ends_at(self) -> datetime | None:
        day: date | None = self.cleaned_data["until"]
        return clock.end_of_day(day) if day else None


class ActingAdmin(ListAdmin):
    """A list whose chosen rows `acts` can be done to, by those who may act."""

    acts: tuple[Act, ...] = ()

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        if request.method == "POST":
            self._judge(request)
        return super().changelist_view(request, extra_context)

    def _judge(self, request: HttpRequest) -> None:
        """Raises PermissionDenied, or BadRequest for what no page of ours sends."""
        if not request.user.has_perm(MAY_ACT):
            raise PermissionDenied
        chosen = request.POST.getlist(ACTION_CHECKBOX_NAME)
        try:
            for key in chosen:
                self.model._meta.pk.to_python(key)  # noqa: SLF001
        except ValidationError:
            raise BadRequest from None
        if len(chosen) > PER_PAGE or request.POST.get("select_across", "0") != "0":
            raise BadRequest  # never more than a person saw listed

    def get_actions(self, request: HttpRequest) -> Any:
        if not request.user.has_perm(MAY_ACT):
            return {}
        return {act.name: (_asked(act), act.name, str(act.title)) for act in self.acts}

    def targets(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """The chosen rows with what their names on the page need."""
        return queryset

    def ask_or_do(self, request: HttpRequest, queryset: QuerySet[Any], act: Act) -> HttpResponse:
        """The page that asks; or, once confirmed, the deed."""
        confirmed = "confirmed" in request.POST
        form = UntilForm(request.POST if confirmed else None) if act.asks_until else None
        targets = list(self.targets(queryset))
        if confirmed and (form is None or form.is_valid()):
            self._do(request, targets, act, form.ends_at if form else None)
            return redirect(self._back(request))
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": str(act.title),
            "act": act,
            "targets": targets,
            "form": form,
            "back": request.POST.get("back", ""),
            "back_url": self._back(request),
            "list_url": self._list_url(),
        }
        return TemplateResponse(request, "admin/act.html", context)

    def _do(
        self, request: HttpRequest, targets: list[Any], act: Act, until: datetime | None
    ) -> None:
        """Each in a transaction of its own: one that is not possible stops no other."""
        order = Order(request.user.email, clock.now(), until)  # type: ignore[union-attr]
        done = 0
        for target in targets:
            try:
                act.perform(target, order)
                done += 1
            except NotPossible as refusal:
                messages.warning(request, f"{target}: {refusal}")
        if done:
            text = ngettext("%(act)s: done for %(count)s.", "%(act)s: done for %(count)s.", done)
            messages.success(request, text % {"act": act.title, "count": done})

    def _back(self, request: HttpRequest) -> str:
        """The account's page that the button stood on, else the list."""
        back = request.POST.get("back", "")
        if back.isdecimal():
            return reverse("admin:accounts_account_change", args=[int(back)])
        return self._list_url()

    def _list_url(self) -> str:
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist")


def _asked(act: Act) -> Callable[[ActingAdmin, HttpRequest, QuerySet[Any]], HttpResponse]:
    def ask(admin: ActingAdmin, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse:
        return admin.ask_or_do(request, queryset, act)

    return ask

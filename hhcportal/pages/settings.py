"""Settings: what an owner decides for the account, and what each person decides for themselves."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts import access, clock
from accounts.models import Account
from hhcportal.pages.door import members_only, person
from hhcportal.pages.forms import (
    CopyForm,
    GraceForm,
    IntervalsForm,
    MailsForm,
    OfficeHoursForm,
    PersonForm,
    StorageForm,
    zones,
)
from hhcportal.pages.frame import frame
from mailbox import keeping
from sync import lifecycle

FORMS: dict[str, type[forms.Form]] = {
    "intervals": IntervalsForm,
    "grace": GraceForm,
    "hours": OfficeHoursForm,
    "copy": CopyForm,
    "storage": StorageForm,
    "person": PersonForm,
    "mails": MailsForm,
}
# Of these the effect is told before they are done.
ASKED_ONCE = ("copy", "storage")
# These are everybody's own; all others an owner's alone.
ONES_OWN = ("person", "mails")


@require_safe
@members_only
def settings_page(request: HttpRequest, *, account: Account) -> HttpResponse:
    """Owners edit what a member only sees; what is one's own everybody edits."""
    return _page(request, account, {}, clock.now())


@require_http_methods(["GET", "HEAD", "POST"])
@members_only
def change(request: HttpRequest, *, account: Account, section: str) -> HttpResponse:
    """Take one section's form: done, asked once more with its effect, or shown with its faults.

    GET, as after a reload, leads back to the page that holds all forms.
    """
    if request.method != "POST":
        return redirect("settings", account.number)
    user, now = person(request), clock.now()
    if section not in ONES_OWN and not access.is_owner(user, account):
        raise PermissionDenied
    form = FORMS[section](request.POST)
    if not form.is_valid():
        if section == "copy":  # a button: no page of ours sends anything else
            raise BadRequest
        return _page(request, account, {section: form}, now, status=400)
    if section in ASKED_ONCE and "confirmed" not in request.POST:
        context = {**frame(request, account, now), "section": section, **_effect(account, form)}
        return render(request, "settings_confirm.html", context)
    answer = redirect("settings", account.number)
    _SET[section](request, account, form.cleaned_data, now)
    if section == "person":
        answer.delete_cookie(settings.LANGUAGE_COOKIE_NAME)  # it would outrank the browser
    return answer


def _page(
    request: HttpRequest,
    account: Account,
    filled: dict[str, forms.Form],
    now: datetime,
    status: int = 200,
) -> HttpResponse:
    user, kept = person(request), keeping.kept(account.pk)
    unbound: dict[str, forms.Form] = {
        "intervals": IntervalsForm(
            initial={"server": account.server_interval, "device": account.device_interval}
        ),
        "grace": GraceForm(initial={"grace": account.grace}),
        "hours": OfficeHoursForm(initial=_hours(account)),
        "storage": StorageForm(initial={"days": kept.days}),
        "mails": MailsForm(initial={"mails": access.wants_mails(user, account)}),
        "person": PersonForm(initial={"language": user.language, "time_zone": user.time_zone}),
    }
    context = {
        **frame(request, account, now),
        "forms": unbound | filled,
        "kept": kept,
        "zones": zones(),
    }
    return render(request, "settings.html", context, status=status)


def _hours(account: Account) -> dict[str, Any]:
    """An account's office hours for the form; their zone is the viewer's until one is chosen."""
    hours = account.office_hours
    if hours is None:
        return {"zone": timezone.get_current_timezone_name()}
    return hours._asdict()


def _effect(account: Account, form: forms.Form) -> dict[str, Any]:
    kept = keeping.kept(account.pk)
    return {
        "kept": kept,
        "wanted": form.cleaned_data,
        "shorter": form.cleaned_data.get("days", kept.days) < kept.days,
    }


def _set_intervals(
    request: HttpRequest, account: Account, wanted: dict[str, Any], now: datetime
) -> None:
    for role, before in (("server", account.server_interval), ("device", account.device_interval)):
        if wanted[role] != before:
            actor = person(request).email
            lifecycle.set_interval(account, role, wanted[role], actor=actor, now=now)
    messages.success(request, _("The intervals are saved; programs hear of them when they call."))


def _set_grace(
    request: HttpRequest, account: Account, wanted: dict[str, Any], now: datetime
) -> None:
    if wanted["grace"] != account.grace:
        lifecycle.set_grace(account, wanted["grace"], actor=person(request).email, now=now)
    messages.success(request, _("The grace is saved."))


def _set_hours(
    request: HttpRequest, account: Account, wanted: dict[str, Any], now: datetime
) -> None:
    hours = wanted["hours"]
    if hours != account.office_hours:
        lifecycle.set_office_hours(account, hours, actor=person(request).email, now=now)
    messages.success(
        request,
        _("The office hours are saved: outside them your Act! server may be silent.")
        if hours
        else _("There are no office hours now: your Act! server is expected at any time."),
    )


def _set_copy(
    request: HttpRequest, account: Account, wanted: dict[str, Any], now: datetime
) -> None:
    keep = wanted["keep"]
    lifecycle.set_copy(account, keep=keep, actor=person(request).email, now=now)
    messages.success(
        request,
        _("The mailbox keeps a copy of every record from now on.")
        if keep
        else _("The mailbox keeps a record only until every device has it from now on."),
    )


def _set_storage(
    request: HttpRequest, account: Account, wanted: dict[str, Any], now: datetime
) -> None:
    if wanted["days"] != keeping.kept(account.pk).days:
        lifecycle.set_storage(account, wanted["days"], actor=person(request).email, now=now)
    messages.success(request, _("The storage time is saved."))


def _set_mails(
    request: HttpRequest, account: Account, wanted: dict[str, Any], now: datetime
) -> None:
    access.set_mails(person(request), account, mails=wanted["mails"])
    messages.success(
        request,
        _("You get mails about this account from now on.")
        if wanted["mails"]
        else _("You get no more mails about this account."),
    )


def _set_person(
    request: HttpRequest, account: Account, wanted: dict[str, Any], now: datetime
) -> None:
    user = person(request)
    access.set_own(user, language=wanted["language"], time_zone=wanted["time_zone"])
    with translation.override(wanted["language"] or translation.get_language()):
        messages.success(request, _("Your own settings are saved."))


_SET: dict[str, Callable[[HttpRequest, Account, dict[str, Any], datetime], None]] = {
    "intervals": _set_intervals,
    "grace": _set_grace,
    "hours": _set_hours,
    "copy": _set_copy,
    "storage": _set_storage,
    "person": _set_person,
    "mails": _set_mails,
}

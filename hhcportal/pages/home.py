"""The first page: straight to the account, or a choice between several."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from accounts import access
from hhcportal.pages.door import person


@require_safe
@login_required
def home(request: HttpRequest) -> HttpResponse:
    """One account: its overview. Several: a list. None: a sentence that says so."""
    accounts = access.accounts_of(person(request))
    if len(accounts) == 1:
        return redirect("overview", number=accounts[0].number)
    return render(request, "home.html", {"accounts": accounts})

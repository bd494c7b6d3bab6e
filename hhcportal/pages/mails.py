"""The link at a mail's end: no more mails about that account."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from accounts import access
from sync import mails


# Mail programs send this form themselves (RFC 8058), from no page of ours; the token is the proof.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def off(request: HttpRequest, token: str) -> HttpResponse:
    """Ask once, for programs follow the links of mails unasked; or end them (POST)."""
    membership = mails.membership_of(token)
    if membership is None:
        return render(request, "404.html", status=404)
    if request.method == "POST":
        access.set_mails(membership.user, membership.account, mails=False)
    context = {"account_name": membership.account.name, "done": request.method == "POST"}
    return render(request, "mails_off.html", context)

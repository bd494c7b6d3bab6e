"""Who may enter a page: the signed-in members of an account; for all others it does not exist."""

import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse

from accounts import access
from accounts.models import Account, Peer, User


def person(request: HttpRequest) -> User:
    """Who is signed in. Only for views that let nobody else in."""
    assert isinstance(request.user, User)  # noqa: S101 - login_required has seen to it
    return request.user


def members_only(
    view: Callable[..., HttpResponse],
) -> Callable[..., HttpResponse]:
    """Hand the view the account that the address names, if this person belongs to it.

    A stranger's account and one that never was answer alike: 404.
    """

    @wraps(view)
    def enter(request: HttpRequest, *, number: str, **words: Any) -> HttpResponse:
        account: Account | None = access.account_for(person(request), number)
        if account is None:
            raise Http404
        return view(request, account=account, **words)

    return login_required(enter)


def owners_only(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The same for what only an owner may do: a member, who may see the account, is refused."""

    @wraps(view)
    def enter(request: HttpRequest, *, account: Account, **words: Any) -> HttpResponse:
        if not access.is_owner(person(request), account):
            raise PermissionDenied
        return view(request, account=account, **words)

    return members_only(enter)


def peer_of(account: Account, peer_id: uuid.UUID) -> Peer:
    """The server or device that the address names. Raises Http404, for another account's too."""
    peer = access.peer_for(account, peer_id)
    if peer is None:
        raise Http404
    return peer

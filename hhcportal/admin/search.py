"""Finding accounts by a part of what people know: number, name, e-mail, a device's name.

A union of four look-ups, each by its own trigram index; one condition with OR over joins would
read every table whole.
"""

from django.db.models import QuerySet

from accounts.models import Account, Membership, Peer


def accounts_named(accounts: QuerySet[Account], text: str) -> QuerySet[Account]:
    """Those of `accounts` whose number, name, people's e-mail or peers' name contains `text`."""
    by_number = Account.objects.filter(number__icontains=text).values("pk")
    by_name = Account.objects.filter(name__icontains=text).values("pk")
    by_person = Membership.objects.filter(user__email__icontains=text).values("account")
    by_peer = Peer.objects.filter(name__icontains=text).values("account")
    return accounts.filter(pk__in=by_number.union(by_name, by_person, by_peer))

"""Why Act! did not answer as asked: each reason as one sentence with its remedy.

The codes are those that a failed session reports. Where the portal knows a reason that every CRM
has (`crm-sign-in-refused`, `crm-right-missing`, `crm-licence-expired`), that code is taken: it is
shown after one failure, with its remedy. The others begin with `act-`.

No sentence repeats what a server wrote, but for an exception's type and the reason of a lock:
bodies and exceptions' messages may hold records.
"""

from __future__ import annotations

from typing import ClassVar

from clients.agent.act.address import Address
from clients.trouble import Trouble


class Refusal(Trouble):
    """Act! did not answer as asked. `passes`: the same read may succeed a moment later."""

    code_of: ClassVar[str] = "act-refused"
    passes: ClassVar[bool] = False

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence, code=self.code_of)


class Unreachable(Refusal):
    """No answer came, or only a part of one."""

    code_of = "act-unreachable"
    passes = passes_by_itself = True


class TimedOut(Unreachable):
    """No answer came in time, so Act! may still be working on it."""


class CertificateRefused(Refusal):
    """The server could not prove who it is."""

    code_of = "act-certificate-refused"


class NotAct(Refusal):
    """Something answers there that is no Act! Web API."""

    code_of = "act-not-there"


class Unreadable(Refusal):
    """An answer in no known form: HTML for JSON, cut JSON, an unknown envelope.

    It says nothing about records; above all not that there are none.
    """

    code_of = "act-answer-unreadable"
    passes = passes_by_itself = True


class SignInRefused(Refusal):
    """User, password or database is wrong. To ask again would only lock the user out."""

    code_of = "crm-sign-in-refused"


class TokenRefused(Refusal):
    """Act! signs in, and then refuses the token that it has just given."""

    code_of = "act-token-refused"


class RightMissing(Refusal):
    """The user signs in, but may not do this."""

    code_of = "crm-right-missing"


class LicenceExpired(Refusal):
    """Act! asks for a subscription (code 4031 of the vendor)."""

    code_of = "crm-licence-expired"


class Incompatible(Refusal):
    """The Web API and the Act! behind it do not fit together (code 4030 of the vendor)."""

    code_of = "act-incompatible"


class AddressNotAllowed(Refusal):
    """The web server before Act! lets only certain addresses in."""

    code_of = "act-address-not-allowed"


class Locked(Refusal):
    """The database is being looked after: a restore, a repair, an upload."""

    code_of = "act-locked"
    passes_by_itself = True


class TooBusy(Refusal):
    """Act! still asks for pauses after several were made."""

    code_of = "act-too-busy"
    passes_by_itself = True


class NotFound(Refusal):
    """Act! itself answers that there is no such record, or none that this user may see."""

    code_of = "act-not-found"


class QueryRefused(Refusal):
    """This Act! does not take the query: a filter or `$select` that it does not know."""

    code_of = "act-query-refused"


class RouteMissing(QueryRefused):
    """This Act! does not know the route at all; that says nothing about a record."""


class Broken(Refusal):
    """Act! failed while it answered."""

    code_of = "act-broken"
    passes = passes_by_itself = True


class CredentialsLost(Broken):
    """A data route was asked without credentials, though they were sent."""


class ChangeRefused(Refusal):
    """Act! does not take the change itself (400, 405, 409, 415, 422): to repeat it is no use."""

    code_of = "act-change-refused"


_SHORT = 80


def nothing_there(address: Address) -> NotAct:
    """Whoever answers is no Act! Web API."""
    return NotAct(
        f"{address.base} answers, but not as an Act! Web API: check the address, "
        "and that the Web API runs on that server."
    )


def of_lock(reason: str) -> Locked:
    """The database's own word that it is locked; `reason` is Act!'s, such as `Restore`."""
    return Locked(
        f"The Act! database is locked ({reason[:_SHORT]}): wait until the maintenance is over; "
        "the next sync works by itself."
    )


def unreadable(what: str) -> Unreadable:
    """An answer that is not understood; `what` names its form, never its content."""
    return Unreadable(
        f"Act! sent {what}, and nothing was taken from it: try again, "
        "and tell the hotline if it stays."
    )


def change_refused() -> ChangeRefused:
    return ChangeRefused(
        "Act! does not take this change: make it in Act! itself, where it tells what is missing."
    )


def token_refused() -> TokenRefused:
    return TokenRefused(
        "Act! signs the agent in and then refuses the token that it gave: check the clock of the "
        "Act! server, and restart its Web API."
    )

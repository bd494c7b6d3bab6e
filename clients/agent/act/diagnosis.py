"""What an answer of Act! means that is no success: which refusal, with which remedy."""

from __future__ import annotations

import re
import ssl

import httpx

from clients.agent.act.address import Address
from clients.agent.act.refusals import (
    AddressNotAllowed,
    Broken,
    CertificateRefused,
    CredentialsLost,
    Incompatible,
    LicenceExpired,
    Locked,
    NotAct,
    NotFound,
    QueryRefused,
    Refusal,
    RightMissing,
    RouteMissing,
    SignInRefused,
    TimedOut,
    TooBusy,
    Unreachable,
    nothing_there,
    token_refused,
)

_MOST_READ = 4000
# Where the vendor's own codes stand is not documented, so all of an answer is looked at. A digit,
# letter or hyphen beside them makes them a part of an id.
_VENDORS = {
    "4030": re.compile(r"(?<![\w-])4030(?![\w-])|incompatib", re.IGNORECASE),
    "4031": re.compile(r"(?<![\w-])4031(?![\w-])|subscription required", re.IGNORECASE),
    "4032": re.compile(r"(?<![\w-])4032(?![\w-])|API access permission", re.IGNORECASE),
}
_NO_ROUTE = re.compile(r"no (?:http )?(?:resource|action|type) was found", re.IGNORECASE)
# Of the gateway before the cloud, whatever lies outside the one path that it knows.
_GATEWAY = re.compile(r"missing equal-sign|missing authentication token", re.IGNORECASE)
_SHORT = 80


def of_answer(response: httpx.Response, address: Address) -> Refusal:
    """What an answer other than a success means, on a request that carried a token."""
    status = response.status_code
    if response.is_redirect:
        return NotAct(
            f"{address.base} sends its visitors on to {_target(response)}: "
            "use the address where the Act! Web API itself answers."
        )
    if status in (401, 403):
        return _denied(response, address)
    if status == 404:
        return _missing(response, address)
    if status == 408:
        return TimedOut(f"Act! at {address.base} does not answer (408): the next sync tries again.")
    if status == 423:
        return Locked("Act! is taking an upload and answers nothing meanwhile: try again later.")
    if status == 429:
        return TooBusy(
            "Act! still asks for fewer requests after several pauses: let other programs that use "
            "the same Act! account run at other times."
        )
    if status >= 500:
        return _broken(response, address)
    return QueryRefused(
        f"This Act! does not take the query ({status}): run connect again, so that the agent finds "
        "out anew what it can be asked."
    )


def of_sign_in(response: httpx.Response, address: Address, user: str, database: str) -> Refusal:
    """What a refused sign-in by password means.

    A bare 401 is the same for a wrong user and a wrong database; older builds told a wrong user
    by the reason "Invalid logon provided" (act-web-api facts: seen live).
    """
    if response.status_code == 404:
        return nothing_there(address)
    if response.status_code != 401 or _vendors_code(response):
        return of_answer(response, address)
    if "invalid logon" in response.reason_phrase.lower():
        return SignInRefused(
            f"Act! refuses the user {user} or the password: check the name (the display name as in "
            "Tools, Manage Users) and enter the password anew with connect."
        )
    return SignInRefused(
        f"Act! refuses the sign-in of {user} to the database {database}, and does not say why: "
        "check the user name (the display name as in Tools, Manage Users), the name of the "
        "database, and enter the password anew with connect."
    )


def of_silence(error: httpx.RequestError, address: Address) -> Refusal:
    """What it means that no whole answer came."""
    if certificate := _certificate_fault(error):
        return CertificateRefused(
            f"The certificate of {address.base} is not trusted ({certificate}): name the file of "
            "its authority with --ca-file, or give the server a certificate that holds its name."
        )
    # HTTP knows three digits alone, so the vendor's four would break the status line.
    for code, found in _VENDORS.items():
        if isinstance(error, httpx.RemoteProtocolError) and found.search(str(error)):
            return _of_vendor(code)
    is_late = isinstance(error, httpx.TimeoutException)
    reason = "time-out" if is_late else str(error)
    was_sent = is_late and not isinstance(error, httpx.ConnectTimeout)
    return (TimedOut if was_sent else Unreachable)(
        f"Act! at {address.base} does not answer ({reason or type(error).__name__}): "
        "check that its server runs, the address and the network."
    )


def _denied(response: httpx.Response, address: Address) -> Refusal:
    if code := _vendors_code(response):
        return _of_vendor(code)
    if response.status_code == 401:
        return token_refused()
    if _GATEWAY.search(response.text[:_MOST_READ]):
        # The cloud serves the Web API below one path alone (act-web-api facts: seen live).
        return NotAct(
            f"The gateway before Act!'s cloud knows no {address.base}: check the customer's name "
            "in the address, which looks like https://HOST/CUSTOMER-api/act.web.api."
        )
    if is_html(response):
        return AddressNotAllowed(
            f"The web server of {address.base} does not let this machine in: add its address to "
            "the allowed ones in IIS (IP Address and Domain Restrictions)."
        )
    return RightMissing(
        "A right is missing in Act!: let an administrator give the agent's user the role Manager, "
        "with Web API Access and Access All Non-Private Data."
    )


def _missing(response: httpx.Response, address: Address) -> Refusal:
    if is_html(response):
        # The web server's own page, not Act!'s word: no record is gone because of it.
        return nothing_there(address)
    if _NO_ROUTE.search(response.text[:_MOST_READ]):
        return RouteMissing(
            "This Act! does not know the route: run connect again, so that the agent finds out "
            "anew what it can be asked."
        )
    return NotFound("Act! has no such record, or does not show it to the agent's user.")


def _broken(response: httpx.Response, address: Address) -> Broken:
    kind = _exception_type(response)
    if response.status_code == 500 and kind.endswith("NullReferenceException"):
        # What a data route answers to a request without credentials (act-web-api facts).
        return CredentialsLost(
            f"Act! failed ({kind}), as it does where the sign-in does not reach it: check that no "
            f"proxy before {address.base} takes the Authorization header away."
        )
    shown = f"{response.status_code} {kind}".strip()
    return Broken(
        f"Act! at {address.base} failed while it answered ({shown}): the next sync tries again; "
        "if it stays, restart the Web API on the Act! server."
    )


def _of_vendor(code: str) -> Refusal:
    if code == "4030":
        return Incompatible(
            "The Web API does not fit its Act! (4030): install the same update of both on the "
            "Act! server."
        )
    if code == "4031":
        return LicenceExpired(
            "Act! asks for a subscription (4031): renew the Act! licence; then the next sync works."
        )
    return RightMissing(
        "The Act! user may not use the Web API (4032): let an administrator give it the permission "
        "Web API Access."
    )


def _vendors_code(response: httpx.Response) -> str | None:
    said = f"{response.reason_phrase}\n{response.text[:_MOST_READ]}"
    return next((code for code, found in _VENDORS.items() if found.search(said)), None)


def is_html(response: httpx.Response) -> bool:
    """Whether a page for people came; by its first sign, for the type is often missing."""
    return response.text.lstrip("\ufeff \r\n\t").startswith("<")


def _exception_type(response: httpx.Response) -> str:
    try:
        kind = response.json()["exceptionType"]
    except (ValueError, KeyError, TypeError):
        return ""
    # A type's name and nothing else.
    return kind if isinstance(kind, str) and re.fullmatch(r"[\w.+`]{1,80}", kind) else ""


def _target(response: httpx.Response) -> str:
    """Where a redirect leads, without its query, which may hold anything."""
    return str(response.headers.get("Location", "elsewhere")).partition("?")[0][:_SHORT]


def _certificate_fault(error: BaseException | None) -> str | None:
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return error.verify_message
        error = error.__cause__ or error.__context__
    return None

"""How long support waits for each page: `python -m tests.bench.support --url http://…`.

Over HTTP, against a running program whose database `tests.bench.populate` has filled. Prints the
median and the worst of the rounds, in milliseconds, and one JSON object on the last line.
"""

import argparse
import json
import os
import re
import statistics
import sys
import time
from collections.abc import Callable
from functools import partial

import httpx

os.environ.setdefault("LOG_LEVEL", "WARNING")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hhcportal.settings")

ROUNDS = 7
EMAIL, PASSWORD = "bench-support@example.com", "Zw0lf-Mailboxen!"
ACCOUNTS = "/admin/accounts/account/"
LISTS = {
    "list of accounts": ACCOUNTS,
    "its 100th page": f"{ACCOUNTS}?p=100",
    "search: part of a device's name, one hit": f"{ACCOUNTS}?q=tablet+47",
    "search: part of a device's name, 25,000 hits": f"{ACCOUNTS}?q=pixel",
    "search: part of an e-mail": f"{ACCOUNTS}?q=owner77123%40",
    "search: account number": f"{ACCOUNTS}?q=10077123",
    "search: two letters": f"{ACCOUNTS}?q=ti",
    "search: nothing fits": f"{ACCOUNTS}?q=zzzzzz",
    "filter: Act! server asleep": f"{ACCOUNTS}?late=server-asleep",
    "filter: Act! server late, none": f"{ACCOUNTS}?late=server-late",
    "filter: a device late": f"{ACCOUNTS}?late=device-late",
    "filter: something critical": f"{ACCOUNTS}?trouble=critical",
    "filter: expired": f"{ACCOUNTS}?state=expired",
    "search and filter": f"{ACCOUNTS}?q=pixel&late=device-asleep",
    "servers and devices": "/admin/accounts/peer/",
    "servers and devices: search": "/admin/accounts/peer/?q=pixel",
    "people": "/admin/accounts/user/",
    "people: search": "/admin/accounts/user/?q=firma77",
    "audit events": "/admin/accounts/auditevent/",
}


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--url", required=True)
    words = parser.parse_args()
    usual, large = _prepare()
    with httpx.Client(base_url=words.url, timeout=60, headers={"Accept-Language": "en"}) as http:
        _sign_in(http)
        figures = {name: _timed(partial(_page, http, path)) for name, path in LISTS.items()}
        for name, key in (("page of an account", usual), ("page of the largest account", large)):
            page = f"{ACCOUNTS}{key}/change/"
            figures[name] = _timed(partial(_page, http, page))
        figures["syncs of an account"] = _timed(
            partial(_page, http, f"/admin/sync/session/?account={usual}")
        )
        figures["batches of an account"] = _timed(
            partial(_page, http, f"/admin/mailbox/batch/?mailbox__account={usual}")
        )
        figures["action: asked"] = _timed(partial(_act, http, [usual], {}))
        figures["action: resend all, one account"] = _timed(
            partial(_act, http, [usual], {"confirmed": "yes"})
        )
        fifty = list(range(usual, usual + 50))
        figures["action: resend all, 50 accounts"] = _timed(
            partial(_act, http, fifty, {"confirmed": "yes"})
        )
    for name, (median, worst) in figures.items():
        sys.stdout.write(f"{name:46} {median:6.0f} ms {worst:6.0f} ms\n")
    sys.stdout.write(json.dumps({"worst_ms": max(worst for _, worst in figures.values())}) + "\n")
    return 0


def _prepare() -> tuple[int, int]:
    """A support agent, and the ids of a usual account and of the largest."""
    import django

    django.setup()
    from django.db import connection

    from accounts import clock
    from accounts.models import Account, User
    from accounts.staff import Standing, set_standing

    # As if the programs had been heard of just now, whenever the database was filled.
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE sync_presence SET last_contact = last_contact + (%s - newest)"
            " FROM (SELECT max(last_contact) AS newest FROM sync_presence) n",
            [clock.now()],
        )
        cursor.execute("VACUUM (FULL, ANALYZE) sync_presence")
    agent = User.objects.filter(email=EMAIL).first() or User.objects.create_user(EMAIL, PASSWORD)
    set_standing(agent, Standing.ACT)
    numbers = dict(
        Account.objects.filter(number__in=["10050001", "10000007"]).values_list("number", "pk")
    )
    return numbers["10050001"], numbers["10000007"]


def _sign_in(http: httpx.Client) -> None:
    form = {"login": EMAIL, "password": PASSWORD, "csrfmiddlewaretoken": _token(http)}
    answer = http.post("/auth/login/", data=form, headers=_origin(http))
    assert answer.status_code == 302, answer.text


def _token(http: httpx.Client) -> str:
    found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', http.get("/auth/login/").text)
    return found[1] if found else http.cookies["csrftoken"]


def _origin(http: httpx.Client) -> dict[str, str]:
    return {"Origin": str(http.base_url).rstrip("/")}


def _page(http: httpx.Client, path: str) -> None:
    answer = http.get(path)
    assert answer.status_code == 200, (path, answer.status_code)


def _act(http: httpx.Client, chosen: list[int], more: dict[str, str]) -> None:
    form = {
        "action": "resend_all",
        "index": "0",
        "_selected_action": [str(key) for key in chosen],
        "csrfmiddlewaretoken": http.cookies["csrftoken"],
        **more,
    }
    answer = http.post(ACCOUNTS, data=form, headers=_origin(http))
    assert answer.status_code == (302 if more else 200), answer.text[:500]


def _timed(call: Callable[[], None]) -> tuple[float, float]:
    """Median and worst, in milliseconds; a first call is not counted."""
    call()
    taken = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        call()
        taken.append((time.perf_counter() - begun) * 1000)
    return statistics.median(taken), max(taken)


if __name__ == "__main__":
    sys.exit(main())

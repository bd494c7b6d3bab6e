"""`/authorize` and the tokens it hands out."""

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass
from typing import Any

from tests.act.answers import Answer, Question, Refused, null_reference, told
from tests.act.database import Database
from tests.act.times import stamp

# Where and how the codes stand is undocumented [I]: here in the message of a 403.
CODES = {
    4030: "Act! incompatibility",
    4031: "subscription required",
    4032: "API access permission required",
}


@dataclass
class Login:
    """Who may come in. `refuses` is one of CODES or None; the password can be changed."""

    database: Database
    name: str
    user: str
    password: str
    minutes: float
    refuses: int | None = None
    in_cloud: bool = False

    def __post_init__(self) -> None:
        self._tokens: dict[str, float] = {}
        self._made = 0

    def authorize(self, question: Question) -> Answer:
        """The bare token as text/html; the same empty 401 whatever is wrong."""
        told_who = question.basic()
        if told_who is None:
            if not self._is_valid(question.bearer()):
                raise Refused(self.unauthorized())
        elif told_who != (self.user, self.password) or not self._knows(question):
            raise Refused(self.unauthorized())
        if self.refuses:
            raise Refused(told({"message": f"{self.refuses}: {CODES[self.refuses]}"}, 403))
        token = self._token()
        # Some installations put it in quotes; here it is every second one.
        body = f'"{token}"' if self._made % 2 == 0 else token
        return Answer(200, body.encode(), "text/html; charset=utf-8")

    def check(self, question: Question) -> None:
        """Let a request to a data route pass. Raises Refused."""
        if "authorization" not in question.headers:
            raise Refused(null_reference())
        if not self._is_valid(question.bearer()):
            raise Refused(self.unauthorized())

    def revoke(self) -> None:
        """Make every token invalid."""
        self._tokens.clear()

    def unauthorized(self) -> Answer:
        """Empty at the office, JSON in the cloud."""
        if self.in_cloud:
            return told({"message": "Authorization has been denied for this request."}, 401)
        return Answer(401, b"", "")

    def _knows(self, question: Question) -> bool:
        return question.headers.get("act-database-name", "").casefold() == self.name.casefold()

    def _is_valid(self, token: str) -> bool:
        issued = self._tokens.get(token)
        return issued is not None and 0 <= self.database.now() - issued < self.minutes * 60

    def _token(self) -> str:
        now = self.database.now()
        self._tokens = {
            token: at for token, at in self._tokens.items() if now - at < self.minutes * 60
        }
        self._made += 1
        claims = {
            "svr": "ACTSERVER",
            "db": self.name,
            "un": self.user,
            "id": self.database.guid("user", 0),
            "iat": stamp(now),
            "jti": self._made,
        }
        signed = ".".join(map(_part, ({"typ": "JWT", "alg": "HS256"}, claims)))
        mark = hmac.digest(
            str(self.database.world.chance.seed).encode(), signed.encode(), hashlib.sha256
        )
        token = f"{signed}.{base64.urlsafe_b64encode(mark).decode().rstrip('=')}"
        self._tokens[token] = now
        return token


def _part(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")

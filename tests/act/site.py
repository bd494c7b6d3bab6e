"""One running office: every request goes through here, is counted and remembered."""

import re
from collections import Counter, deque
from dataclasses import dataclass, field
from typing import Any

from tests.act.answers import Answer, Question, Refused, locked, not_found, refusal, told
from tests.act.api import Api
from tests.act.batch import in_batch
from tests.act.calls import Call
from tests.act.faults import AFTER_WRITES, ALTERING, LOCKING, REPLACING, Faults, Plan
from tests.act.filters import BadQuery
from tests.act.rate import Rate
from tests.act.referee import Referee
from tests.act.table import TABLE

# At the office, and in the cloud below the customer's own name.
_BASE = re.compile(r"(?:/[\w-]+-api)?/act\.web\.api(?P<path>/.*)", re.IGNORECASE)
REMEMBERED = 100_000


@dataclass
class Site:
    """The API with everything that stands before it: faults, rate, the gateway, the referee."""

    api: Api
    referee: Referee = field(default_factory=Referee)
    faults: Faults = field(default_factory=Faults)
    rate: Rate = field(default_factory=Rate)
    counters: Counter[str] = field(default_factory=Counter)
    log: deque[dict[str, Any]] = field(default_factory=lambda: deque(maxlen=REMEMBERED))
    bytes_sent: int = 0

    def answer(self, question: Question) -> Answer:
        """The answer to a request anywhere but below /_control."""
        found = _BASE.fullmatch(question.path)
        if found is None:
            return self._outside()
        asked = Question(
            question.method, found["path"], question.query, question.headers, question.body
        )
        return self._counted(asked)

    def forget(self) -> None:
        """Begin to count and remember anew."""
        self.counters.clear()
        self.log.clear()
        self.bytes_sent = 0
        self.referee.violations.clear()
        self.referee.judged = 0

    def _counted(self, asked: Question) -> Answer:
        matched = TABLE.match(asked.method, asked.path)
        name = matched[0].name if matched else f"{asked.method} {asked.path}"
        plan = self.faults.met(name)
        answer = self._planned(asked, plan)
        self.referee.judge(asked, matched, answer, is_planned=plan is not None)
        self.counters[name] += 1
        self.bytes_sent += len(answer.body)
        self.log.append(
            {
                "route": name,
                "path": asked.path,
                "parts": asked.body.count(b" HTTP/1.1\r\n"),
                "query": list(asked.query),
                "status": answer.status,
                "bytes": len(answer.body),
                "fault": plan.what if plan else None,
                "at": self.api.database.now(),
            }
        )
        return answer

    def _planned(self, asked: Question, plan: Plan | None) -> Answer:
        now = self.api.database.now()
        answer = self.rate.count(now)
        if answer is None and plan and plan.what in REPLACING:
            if plan.what == "unauthorized":
                self.api.login.revoke()
            answer = REPLACING[plan.what](plan)
        if answer is None:
            answer = self._worked(asked, plan)
        return answer.but(headers={**answer.headers, **self.rate.headers(now)})

    def _worked(self, asked: Question, plan: Plan | None) -> Answer:
        if plan is None:
            return self._answer(asked)
        if plan.what in LOCKING:
            if plan.what == "lock-after":
                self._answer(asked)
            self.api.here.lock_until(self.api.database.now() + plan.seconds)
            return locked()
        answer = self._answer(asked)
        altered = {**ALTERING, **AFTER_WRITES}.get(plan.what)
        return altered(answer, plan) if altered else answer

    def _answer(self, asked: Question) -> Answer:
        try:
            return self._routed(asked)
        except Refused as refused:
            return refused.answer
        except BadQuery as bad:
            return refusal(400, f"The query specified in the URI is not valid. {bad}").answer

    def _routed(self, asked: Question) -> Answer:
        matched = TABLE.match(asked.method, asked.path)
        if matched is None:
            if self.api.login.in_cloud:
                return self._outside()
            raise refusal(404, "No HTTP resource was found that matches the request URI.")
        route, values = matched
        if route.path == "/authorize":
            return self.api.login.authorize(asked)
        if route.path == "/api/$batch":
            self.api.login.check(asked)
            if self.api.here.without.has("batch"):
                raise not_found()
            return in_batch(asked, self._counted)
        return self.api.answer(Call(asked, route, values))

    def _outside(self) -> Answer:
        if self.api.login.in_cloud:
            return told({"message": "Missing Authentication Token"}, 403)
        return Answer(404, b"<html><body><h2>404 - File or directory not found.</h2></body></html>",
                      "text/html")  # fmt: skip

"""`/_control`: what a test may do to the office, and ask it."""

from tests.act.answers import Answer, Question, told
from tests.act.site import Site


class Control:
    def __init__(self, site: Site) -> None:
        self._site = site
        self.most_at_once = 0

    def answer(self, question: Question) -> Answer:
        return told({"violations": self._site.referee.violations})

"""Acts: what people do with one report, through the operations that the pages call."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from portal.demo.figures import Texts
from portal.demo.stage import Stage
from portal.domain.form.form import Form
from portal.models import Submission
from portal.reports import operations as reports
from portal.reports import passed_down
from portal.reports.typed import Typed
from portal.review import operations as review

A_SECTION = timedelta(minutes=6)
"""The time between two sections of the form."""


@dataclass(frozen=True, slots=True)
class Desk:
    """One unit's report in one campaign, and the two people who work on it."""

    stage: Stage
    campaign: str
    unit: str
    reporter: str
    reviewer: str

    def fill(self, form: Form, texts: Texts, at: datetime) -> None:
        """Type figures section by section; the first section is finished at `at`.

        Raises `ValueError` when a figure is refused.
        """
        for section in form.sections:
            codes = [item.code for item in form.in_section(section.number) if item.code in texts]
            if codes:
                self.type({code: texts[code] for code in codes}, at)
            at += A_SECTION

    def type(self, texts: Texts, at: datetime) -> None:
        """Type some figures at once; raises `ValueError` when one of them is refused."""
        with self.stage.report(self.unit, self.campaign) as (session, filling):
            typed = {
                filling.form.by_code[code]: Typed(text, filling.at(code).version)
                for code, text in texts.items()
            }
            by = self.stage.people[self.reporter]
            _, entered = reports.save_items(session, filling, typed, by=by, at=at)
        if refused := [one.item.code for one in entered if one.problem or one.conflict]:
            raise ValueError(f"演示数据里 {self.unit} 的 {'、'.join(refused)} 不能用。")

    def explain(self, key: str, reason: str, words: str, at: datetime) -> None:
        """Explain the query with this key."""
        with self.stage.report(self.unit, self.campaign) as (session, filling):
            seen = {issue.key: issue.numbers for issue in filling.issues if issue.key == key}
            by = self.stage.people[self.reporter]
            reports.explain(session, filling, seen, reason=reason, words=words, by=by, at=at)

    def answer(self, includes: bool, at: datetime) -> None:
        """Answer whether the 筹集数 of the city's own report includes what it passed down."""
        with self.stage.report(self.unit, self.campaign) as (session, filling):
            by = self.stage.people[self.reporter]
            passed_down.answer(session, filling.assignment, includes, by=by, at=at)

    def submit(self, at: datetime) -> None:
        """Submit the report; raises `ValueError` when it is not ready."""
        with self.stage.report(self.unit, self.campaign) as (session, filling):
            by = self.stage.people[self.reporter]
            nonce = f"demo {self.unit} {at.isoformat()}"
            outcome = reports.submit(session, filling, nonce=nonce, by=by, at=at)
        if not isinstance(outcome, Submission):
            raise ValueError(f"演示数据里 {self.unit} 的报表还不能上报。")

    def accept(self, at: datetime, number: int = 1) -> None:
        """Accept the `number`-th submission."""
        with self.stage.report(self.unit, self.campaign) as (session, filling):
            by = self.stage.people[self.reviewer]
            review.accept(session, filling, number=number, by=by, at=at)

    def send_back(self, reason: str, items: Mapping[str, str], at: datetime) -> None:
        """Send back the first submission, with words at `items`."""
        with self.stage.report(self.unit, self.campaign) as (session, filling):
            review.send_back(
                session,
                filling,
                number=1,
                reason=reason,
                items=dict(items),
                until=None,
                by=self.stage.people[self.reviewer],
                at=at,
            )

"""A reporter at their report: what they press, what they get, what the database keeps of it."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from portal.access import tenancy
from portal.collection.assignment import FilledReport, fill_of, find_assignment
from portal.collection.opening import Listed, Plan, create_campaign, open_campaign
from portal.domain.campaign.calendar import Dates
from portal.models import Expectation, Figure, Report, Submission, TrailEntry
from portal.models.campaign import campaign_by_code
from portal.register.editions import import_edition, publish_edition
from portal.storage.db import db, writing
from tests.cast import Character, City
from tests.founding import BY, CLOSES, DUE, EXPECTED, OPEN, OPENS, edition, organisation
from tests.reports.page import Page


@dataclass(frozen=True)
class Reporter:
    """Somebody of the cast at the report of their own unit in one campaign."""

    character: Character
    campaign: str = OPEN

    @property
    def city(self) -> City:
        """The city that they live in."""
        return self.character.city

    @property
    def token(self) -> str:
        """The token that the forms of this browser carry."""
        return self.character.token()

    def url(self, below: str = "", *, code: str | None = None) -> str:
        """The address of the own report (or of the unit with `code`), or of something below it."""
        return self.character.url(f"/report{below}", code=code, campaign=self.campaign)

    def get(self, below: str = "", *, code: str | None = None) -> TestResponse:
        """Open a page of a report."""
        return self.character.get(self.url(below, code=code))

    def page(self, below: str = "", *, code: str | None = None) -> Page:
        """A page of a report that must be there."""
        answer = self.get(below, code=code)
        assert answer.status_code == 200, answer.status
        return Page.of(answer.text)

    def post(
        self, below: str = "", *, code: str | None = None, htmx: bool = False, **fields: Any
    ) -> TestResponse:
        """Post a form of a report, or as htmx does."""
        headers = {"HX-Request": "true"} if htmx else None
        return self.character.post(self.url(below, code=code), headers=headers, **fields)

    def save(
        self, item: str, text: str, *, version: int | None = None, **more: str
    ) -> TestResponse:
        """Save one row as the page does, by default with the version that is stored now."""
        known = self.version(item) if version is None else version
        fields = {item: text, f"{item}.version": str(known), **more}
        return self.post(f"/items/{item}", htmx=True, **fields)

    def fill(self, **figures: str) -> None:
        """Fill in rows, each of which must be taken."""
        for item, text in figures.items():
            assert self.save(item, text).status_code == 200, item

    def fill_rest(self) -> None:
        """空白项补“0”."""
        assert self.post("/zeros").status_code == 303

    def submit(self, nonce: str = "first-click") -> TestResponse:
        """Press 上报."""
        return self.post("/submission", nonce=nonce)

    def sign_out(self) -> None:
        """Lose the session, as if it had ended; the page with its token stays open."""
        assert self.token
        with self.character.client.session_transaction() as cookie:
            cookie.pop("_user_id")

    @contextmanager
    def filling(self) -> Iterator[tuple[Session, FilledReport]]:
        """The own report as the portal knows it, for reading."""
        with self.city.app.app_context():
            tenancy.enter(organisation(self.character.home))
            assignment = find_assignment(db.session(), self.campaign)
            assert assignment is not None
            yield db.session(), fill_of(db.session(), assignment)

    @property
    def report(self) -> Report | None:
        """The own report as the database keeps it; None before it is begun."""
        with self.filling() as (_, filling):
            return filling.assignment.report

    @property
    def state(self) -> str:
        """Where the own report stands."""
        with self.filling() as (_, filling):
            return filling.assignment.state

    def figure(self, item: str) -> Figure | None:
        """One of the own figures as the database keeps it."""
        with self.filling() as (session, filling):
            report = filling.assignment.report
            wanted = select(Figure).where(Figure.item == item)
            return session.scalar(wanted.where(Figure.report_id == report.id)) if report else None

    def version(self, item: str) -> int:
        """The version of one of the own figures; 0 when it was never written."""
        kept = self.figure(item)
        return kept.version if kept else 0

    def value(self, item: str) -> int | None:
        """The value of one of the own figures."""
        kept = self.figure(item)
        return kept.value if kept else None

    def issues(self) -> dict[str, str]:
        """What the checks find in the own report: its numbers by the key of each issue."""
        with self.filling() as (_, filling):
            return {issue.key: issue.numbers for issue in filling.issues}

    @property
    def submissions(self) -> Sequence[Submission]:
        """Every submission of the own report."""
        with self.filling() as (session, filling):
            report = filling.assignment.report
            wanted = select(Submission).order_by(Submission.number)
            of_report = wanted.where(Submission.report_id == (report.id if report else 0))
            return session.scalars(of_report).all()

    def trail(self, *actions: str) -> Sequence[TrailEntry]:
        """The entries of the own report's trail, of some actions or of all."""
        with self.filling() as (session, filling):
            report = filling.assignment.report
            wanted = select(TrailEntry).order_by(TrailEntry.number)
            if actions:
                wanted = wanted.where(TrailEntry.action.in_(actions))
            of_report = wanted.where(TrailEntry.report_id == (report.id if report else 0))
            return session.scalars(of_report).all()

    def judged(self, decision: str, **items: str) -> None:
        """Let 市总 decide: ``acceptance``, or ``return`` with a word for each item named."""
        report = self.report
        assert report is not None
        fields: dict[str, Any] = {"number": str(report.submissions), "reason": "请核对慰问人次。"}
        fields |= {"item": list(items)} | {f"item.{code}": words for code, words in items.items()}
        desk = Reporter(self.city.person("shizong"), self.campaign)
        answer = desk.post(f"/{decision}", code=self.character.home, **fields)
        assert answer.status_code == 303, answer.status

    def expected(self, **changed: Any) -> None:
        """Change what the campaign expects of the own unit."""
        with self.city.app.app_context():
            tenancy.enter(organisation(self.character.home))
            with writing() as session:
                campaign = campaign_by_code(session, self.campaign)
                assert campaign is not None
                wanted = select(Expectation).where(Expectation.campaign_id == campaign.id)
                expectation = session.scalars(wanted).one()
                for name, value in changed.items():
                    setattr(expectation, name, value)
                session.commit()

    def another_browser(self) -> "Reporter":
        """The same person at one more browser, with a session and a token of its own."""
        again = City(self.city.app, self.city.folder, self.city.gate)
        elsewhere = replace(self, character=again.person(self.character.username))
        assert elsewhere.token
        return elsewhere


def open_another(
    city: City,
    code: str,
    change: Callable[[dict[str, Any]], object] = lambda document: None,
    *,
    previous: str | None = None,
) -> str:
    """Open one more campaign, with the form of 2027 as `change` leaves it; answers its code."""
    document = deepcopy(edition("2027.1"))
    document["version"] = code
    change(document)
    with city.app.app_context(), tenancy.opening() as door, writing(door) as session:
        kept = import_edition(session, document, by=BY, at=city.now)
        publish_edition(session, kept, by=BY, at=city.now)
        plan = Plan(
            code=code,
            name=f"{code} 送温暖",
            edition=kept,
            dates=Dates(OPENS, DUE, CLOSES),
            previous=campaign_by_code(session, previous) if previous else None,
        )
        campaign = create_campaign(
            session, plan, [Listed(unit) for unit in EXPECTED], by=BY, at=city.now
        )
        open_campaign(session, campaign, by=BY, at=city.now)
        session.commit()
    return code

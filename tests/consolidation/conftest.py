"""A small city for consolidations: 市总 above 鄂城 with its grass-roots, 葛店, 华容, 临空, 企业."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

import html5rdf
import pytest
from flask import Flask, g
from flask.testing import FlaskClient
from sqlalchemy import insert, select

import portal
from portal import create_app
from portal.access import tenancy
from portal.access.identity import hashed, new_token, sign_in_door
from portal.domain.campaign.calendar import ZONE
from portal.domain.form.form import Form, parse_form
from portal.domain.report.submission import fingerprint
from portal.models import (
    Campaign,
    Expectation,
    Figure,
    Organisation,
    Report,
    SignIn,
    Submission,
    User,
)
from portal.models.form import add_edition
from portal.models.organisation import add_organisation
from portal.settings import make_instance, read_settings
from portal.storage import schema
from portal.storage.db import db, writing

EDITION = Path(portal.__file__).parent / "editions" / "songwennuan-2022.1.json"
NOW = datetime(2022, 1, 20, 9, 0, tzinfo=ZONE)
CAMPAIGN = "2022-spring"

UNITS = (
    # code, name, kind, parent, basis, expected
    ("shizong", "鄂州市总工会", "市总", None, "own", True),
    ("echeng", "鄂城区总工会", "区总", "shizong", "full", True),
    ("echeng-jiceng1", "鄂城基层一", "基层", "echeng", "full", True),
    ("echeng-jiceng2", "鄂城基层二", "基层", "echeng", "full", True),
    ("huarong", "华容区总工会", "区总", "shizong", "full", True),
    ("gedian", "葛店开发区总工会", "开发区", "shizong", "full", True),
    ("linkong", "临空经济区总工会", "开发区", "shizong", "full", True),
    ("qiye", "市直企业工会", "市直属企（事）业", "shizong", "full", False),
)


@dataclass
class City:
    """The application with its organisations; reports are put into it as a test needs them."""

    app: Flask
    document: dict[str, Any]
    organisations: dict[str, Organisation]

    @property
    def form(self) -> Form:
        """The form of the campaign."""
        return parse_form(self.document)

    def report(
        self, code: str, state: str, *, campaign: str = CAMPAIGN, **figures: int | None
    ) -> None:
        """Give a unit its report, in this state and with these figures (fen or counts)."""
        organisation = self.organisations[code]
        tenancy.enter(organisation)
        with writing() as session:
            found = session.query(Campaign).filter_by(code=campaign).one()
            report = Report(
                organisation_id=organisation.id,
                campaign_id=found.id,
                edition_id=found.edition_id,
                submissions=0 if state == "draft" else 1,
                saved_at=NOW,
                saved_by="填报人",
                saved_by_id=0,
            )
            session.add(report)
            session.flush()
            _put_figures(session, report, figures)
            if report.submissions:
                _put_submission(session, report)
            report.state = state
            session.commit()

    def answer(self, answer: bool | None, campaign: str = CAMPAIGN) -> None:
        """Let the city's own report, if there is one, say whether it counts what it gave."""
        tenancy.enter(self.organisations["shizong"])
        with writing() as session:
            found = session.query(Campaign).filter_by(code=campaign).one()
            for report in session.query(Report).filter_by(campaign_id=found.id):
                report.includes_passed_down = answer
            session.commit()

    def pass_down(self, campaign: str = CAMPAIGN, **fen: int) -> None:
        """Register what the city passed down to units, in fen; its own report counts it too."""
        self.answer(True, campaign)
        with tenancy.opening() as door, writing(door) as session:
            for code, allocated in fen.items():
                organisation = self.organisations[code]
                (row,) = session.scalars(
                    select(Expectation)
                    .join(Campaign, Campaign.id == Expectation.campaign_id)
                    .where(
                        Expectation.organisation_id == organisation.id, Campaign.code == campaign
                    )
                )
                row.allocated = allocated
            session.commit()

    def resubmit(self, code: str, campaign: str, **figures: int) -> None:
        """Send a unit's report back and have it submitted again with other figures."""
        tenancy.enter(self.organisations[code])
        with writing() as session:
            found = session.query(Campaign).filter_by(code=campaign).one()
            report = session.query(Report).filter_by(campaign_id=found.id).one()
            report.state = "returned"
            session.flush()
            _change_figures(session, report, figures)
            report.state, report.submissions = "submitted", report.submissions + 1
            _put_submission(session, report)
            session.commit()

    def save(self, code: str, campaign: str = CAMPAIGN, **figures: int) -> None:
        """Change figures of a report that is being filled."""
        tenancy.enter(self.organisations[code])
        with writing() as session:
            found = session.query(Campaign).filter_by(code=campaign).one()
            report = session.query(Report).filter_by(campaign_id=found.id).one()
            _change_figures(session, report, figures)
            session.commit()

    def first_submitted(self, code: str, campaign: str = CAMPAIGN) -> None:
        """Write down when a unit handed its report in."""
        tenancy.enter(self.organisations[code])
        with writing() as session:
            found = session.query(Campaign).filter_by(code=campaign).one()
            report = session.query(Report).filter_by(campaign_id=found.id).one()
            report.first_submitted_at = NOW
            session.commit()

    def sign_in(self, code: str, *roles: str) -> "Browser":
        """A person of an organisation with these roles, at a browser."""
        token = new_token()
        organisation_id = self.organisations[code].id
        with sign_in_door() as door, writing(door) as session:
            user = User(
                organisation_id=organisation_id,
                username=token,
                name="某人",
                roles=list(roles),
                password_hash="",
                must_change_password=False,
                created_at=NOW,
            )
            session.add(user)
            session.flush()
            session.add(
                SignIn(
                    token_hash=hashed(token),
                    organisation_id=organisation_id,
                    user_id=user.id,
                    started_at=NOW,
                    seen_at=NOW,
                    address="",
                )
            )
            session.commit()
        client = self.app.test_client()
        with client.session_transaction() as kept:
            kept["_user_id"] = token
        return Browser(client)


def _change_figures(session: Any, report: Report, figures: dict[str, int]) -> None:
    for item, value in figures.items():
        session.get_one(Figure, (report.id, item)).value = value
    session.flush()


def _put_submission(session: Any, report: Report) -> None:
    """Freeze what the report says as its newest submission."""
    session.flush()
    rows = session.execute(select(Figure.item, Figure.value).filter_by(report_id=report.id))
    content = json.dumps({"report": report.id, "figures": dict(list(rows))}, sort_keys=True)
    session.add(
        Submission(
            organisation_id=report.organisation_id,
            report_id=report.id,
            number=report.submissions,
            document=content,
            sha256=fingerprint(content.encode()),
            submitted_at=NOW,
            submitted_by_id=0,
            submitted_by="填报人",
            nonce="",
        )
    )


def _put_figures(session: Any, report: Report, figures: dict[str, int | None]) -> None:
    rows = [
        {
            "organisation_id": report.organisation_id,
            "report_id": report.id,
            "item": item,
            "value": value,
            "version": 1,
            "saved_at": NOW,
            "saved_by": "填报人",
        }
        for item, value in figures.items()
    ]
    if rows:
        session.execute(insert(Figure), rows)


@dataclass
class Browser:
    """A signed-in client that reads pages as people do."""

    client: FlaskClient

    def get(self, url: str) -> Any:
        """The answer at `url`."""
        _forget_whoever_asked_before()
        return self.client.get(url)

    def post(self, url: str, **fields: Any) -> Any:
        """The answer to a form posted to `url`, with the token of this session."""
        page = self.page("/password")
        inputs = [i for i in page.root.iter("input") if i.get("name") == "csrf_token"]
        return self.client.post(url, data={"csrf_token": inputs[0].get("value"), **fields})

    def status(self, url: str) -> int:
        """The status of the answer at `url`."""
        return self.get(url).status_code

    def page(self, url: str) -> "Page":
        """The page at `url`, which must be there."""
        answer = self.get(url)
        assert answer.status_code == 200, answer.status
        return Page(html5rdf.parse(answer.text, namespaceHTMLElements=False))

    def table(self, code: str, query: str = "") -> "Page":
        """The consolidation of an organisation."""
        return self.page(f"{consolidation(code)}{query}")


def _forget_whoever_asked_before() -> None:
    """The context of the fixture outlives a request, and keeps who asked and their token."""
    for name in list(g):
        g.pop(name)


def consolidation(code: str, campaign: str = CAMPAIGN) -> str:
    """The address of an organisation's consolidation."""
    return f"/o/{code}/campaigns/{campaign}/consolidation"


@dataclass
class Page:
    """A page as the marks of the contract describe it."""

    root: Element

    def all(self, tag: str, **marks: str | None) -> list[Element]:
        """Elements with these data-marks; None asks only that the mark is there."""
        wanted = {f"data-{name}": value for name, value in marks.items()}
        return [
            one
            for one in self.root.iter(tag)
            if all(n in one.attrib and v in (None, one.get(n)) for n, v in wanted.items())
        ]

    @property
    def text(self) -> str:
        """Everything that can be read on the page."""
        return " ".join("".join(self.root.find("body").itertext()).split())

    @property
    def table(self) -> Element:
        """The table of sums."""
        (found,) = self.all("table", included=None)
        return found

    def codes(self, mark: str) -> list[str]:
        """The codes that the table lists under data-included or data-missing."""
        return self.table.get(f"data-{mark}").split()

    def row(self, item: str) -> "Page":
        """The row of an item."""
        (found,) = self.all("tr", code=item)
        return Page(found)

    def total(self, item: str) -> str:
        """The total of an item as a plain decimal."""
        (cell,) = self.row(item).all("td", total=None)
        return cell.get("data-total")

    def cells(self, item: str) -> dict[str, str]:
        """The values of an item by organisation."""
        return {
            cell.get("data-organisation"): cell.get("data-value")
            for cell in self.row(item).all("td", organisation=None)
        }

    def kinds(self, item: str) -> dict[str, str]:
        """The values of an item by kind."""
        cells = self.row(item).all("td", kind=None)
        return {cell.get("data-kind"): cell.get("data-value") for cell in cells}

    def text_of_last_cell(self) -> str:
        """What the last cell of a row says."""
        return words(list(self.root.iter("td"))[-1])

    def links(self) -> list[str]:
        """Where the page leads to."""
        return [one.get("href") for one in self.root.iter("a") if one.get("href")]


def words(element: Element) -> str:
    """The text of an element on one line."""
    return " ".join("".join(element.itertext()).split())


@pytest.fixture
def document() -> dict[str, Any]:
    """The data of the form; a test may change it before the city is built."""
    return json.loads(EDITION.read_text(encoding="utf-8"))


@pytest.fixture
def city(tmp_path: Path, document: dict[str, Any]) -> Iterator[City]:
    """The city with one open campaign and no report yet."""
    app = make_app(tmp_path)
    with app.app_context():
        organisations = add_organisations(UNITS)
        add_campaign(document, organisations, UNITS)
    with app.app_context():
        yield City(app, document, organisations)
        db.engine.dispose()


NEXT = "2023-spring"


@pytest.fixture
def years(city: City) -> City:
    """The city with the campaign of the year after too, compared with the first one."""
    document = {
        **city.document,
        "items": [{**i, "previous": i["code"]} for i in city.document["items"]],
    }
    add_campaign(document, city.organisations, UNITS, NEXT, CAMPAIGN)
    return city


def make_app(folder: Path) -> Flask:
    """An application on an empty database, at a fixed time."""
    make_instance(folder)
    settings = read_settings({"PORTAL_INSTANCE": str(folder), "PORTAL_NOW": NOW.isoformat()})
    schema.upgrade(settings.database_url)
    return create_app(settings)


def add_organisations(units: Any) -> dict[str, Organisation]:
    """The units as organisations, in their order."""
    made: dict[str, Organisation] = {}
    with writing() as session:
        for position, (code, name, kind, parent, *_) in enumerate(units, 1):
            made[code] = add_organisation(
                session,
                code=code,
                name=name,
                kind=kind,
                parent=made.get(parent),
                position=position,
            )
        session.commit()
    return made


def add_campaign(
    document: dict[str, Any],
    organisations: dict[str, Organisation],
    units: Any,
    campaign: str = CAMPAIGN,
    previous: str = "",
) -> None:
    """A published campaign that expects `units`, on an edition of its own."""
    with writing() as session:
        before = session.query(Campaign).filter_by(code=previous).one_or_none()
        edition = add_edition(session, {**document, "version": campaign}, at=NOW)
        edition.published_at = NOW
        session.flush()
        made = Campaign(
            code=campaign,
            name="2022年春节送温暖",
            period="2022年1月1日至2022年2月15日",
            edition_id=edition.id,
            previous_id=before.id if before else None,
            opens=NOW - timedelta(days=9),
            due=NOW + timedelta(days=6),
            closes=NOW + timedelta(days=9),
            status="published",
        )
        session.add(made)
        session.commit()
    with tenancy.opening() as door, writing(door) as session:
        for code, name, kind, _, basis, expected in units:
            organisation = organisations[code]
            session.add(
                Expectation(
                    campaign_id=made.id,
                    organisation_id=organisation.id,
                    parent_id=organisation.parent_id,
                    path=organisation.path,
                    code=code,
                    name=name,
                    kind=kind,
                    position=organisation.position,
                    basis=basis,
                    expected=expected,
                )
            )
        session.commit()

"""A marked city for the whole-app tests: every role, every state, and a mark on what each wrote.

市总 looks down on all; 鄂城 has a grass-roots union below it; 葛店 is the neighbour who must see
nothing. Whatever an organisation writes carries its canary, a word and a number found nowhere
else, so that a page which shows somebody else's shows it.

`found(folder)` builds the city once as a file; `open_marked(folder, copy)` serves a copy of it.
"""

import json
import re
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import insert, select

import portal
from portal import create_app
from portal.access import tenancy
from portal.access.actor import Actor
from portal.access.identity import Person, hashed, sign_in_door
from portal.access.passwords import hash_password
from portal.collection.assignment import find_assignment
from portal.consolidation.editions import operations
from portal.consolidation.node import ConsolidationScope
from portal.consolidation.sources import freezing
from portal.consolidation.tree import read_tree
from portal.domain.campaign.calendar import ZONE
from portal.domain.consolidation.placement import Scope
from portal.domain.form.form import Form, parse_form
from portal.domain.form.formulas import with_totals
from portal.domain.report import submission
from portal.domain.report.draft_print import draft_document
from portal.models import (
    Announcement,
    Base,
    Batch,
    Campaign,
    Clarification,
    Delivery,
    DraftPrint,
    Expectation,
    Explanation,
    Extension,
    Figure,
    LastYearFigure,
    MadeWorkbook,
    OnBehalfEntry,
    OnBehalfItem,
    Organisation,
    Question,
    Report,
    ReturnAnswer,
    SentBack,
    SentBackItem,
    SignedCopy,
    SignedPage,
    SignInLink,
    SoleHandling,
    Submission,
    User,
)
from portal.models.form import add_edition
from portal.models.organisation import add_organisation
from portal.models.trail import record
from portal.models.trail_actions import Action
from portal.models.user import Role
from portal.settings import Settings, make_instance, read_settings
from portal.storage.db import db, writing
from portal.storage.fence import FencedSession, OwnScope
from tests.engines import SQLITE, copy_city, environment_of, found_database, rows_of
from tests.whole import gate

NOW = datetime(2027, 1, 20, 10, 0, tzinfo=ZONE)
COOKIE = "portal"
PASSWORD = "wind-over-the-lake-72"
LAST, OPEN, DRAFT, UNTOUCHED = "2026-spring", "2027-spring", "2028-spring", "2027-lantern"
READY = "2027-autumn"
"""The campaigns: last year's, the one in which everybody is at work, one that is only planned, one
that is open and in which nobody has begun, and one that could be published."""

ANNOUNCED, ANNOUNCEMENT_DRAFT = 1, 2
"""The announcements of the open campaign: one that everybody was told, and a draft."""

DRAFT_EDITION = "2028.1"
"""The version of the form that is still being drafted; no campaign uses it."""

QUESTION_OF = {"shizong": 10, "echeng": 11, "gedian": 12, "jiceng": 13}
"""The number of the question that each unit asked in the open campaign."""

MADE_OF = {"shizong": 20, "echeng": 21, "gedian": 22, "jiceng": 23}
"""The number of the workbook that each unit exported and has not fetched yet."""

EDITION = Path(portal.__file__).parent / "editions" / "songwennuan-2027.1.json"


LINK = "one-time-link-of-ours-head"
"""The token of a one-time link that somebody of 鄂城 was given and has not spent."""


@dataclass(frozen=True, slots=True)
class Place:
    """One organisation of the city, and where its report of the open campaign stands."""

    code: str
    name: str
    kind: str
    parent: str | None
    basis: str
    state: str
    canary: str
    number: int


PLACES = (
    Place("shizong", "鄂州市总工会", "市总", None, "own", "accepted", "zxqcity", 71003917),
    Place("echeng", "鄂城区总工会", "区总", "shizong", "full", "draft", "zxqhome", 72004823),
    Place("gedian", "葛店总工会", "开发区", "shizong", "full", "submitted", "zxqnext", 79005739),
    Place("jiceng", "鄂城区一小工会", "基层", "echeng", "full", "returned", "zxqbase", 74006653),
)
PLACE = {place.code: place for place in PLACES}

ACCOUNTS: dict[str, tuple[str, list[Role]]] = {
    "city-reporter": ("shizong", [Role.REPORTER]),
    "city-head": ("shizong", [Role.HEAD]),
    "city-reviewer": ("shizong", [Role.REVIEWER]),
    "city-admin": ("shizong", [Role.ADMIN]),
    "city-viewer": ("shizong", [Role.VIEWER]),
    "city-auditor": ("shizong", [Role.AUDITOR]),
    "ours-reporter": ("echeng", [Role.REPORTER]),
    "ours-head": ("echeng", [Role.HEAD]),
    "ours-reviewer": ("echeng", [Role.REVIEWER]),
    "ours-admin": ("echeng", [Role.ADMIN]),
    "next-reporter": ("gedian", [Role.REPORTER]),
    "next-admin": ("gedian", [Role.ADMIN]),
    "base-reporter": ("jiceng", [Role.REPORTER]),
}
"""Who can sign in: their organisation and their roles; all with `PASSWORD`."""


def found(folder: Path, engine: str = SQLITE) -> None:
    """Build the city in a new instance folder, on one of the engines."""
    make_instance(folder)
    found_database(folder, engine)
    settings = settings_of(folder)
    app = create_app(settings)
    with app.app_context():
        _organisations_and_campaigns()
        _expectations()
        _people()
        for place in PLACES:
            _reports(place)
        for place in PLACES:
            _edition(place)
        db.engine.dispose()


def settings_of(folder: Path, **changed: Any) -> Settings:
    """The settings of an instance folder, with the clock standing still at `NOW`.

    A post office is named and nobody answers there: a mail is kept, and told as not sent.
    """
    given = {
        **environment_of(folder),
        "PORTAL_NOW": NOW.isoformat(),
        "PORTAL_SMTP_URL": "smtp://127.0.0.1:1",
        "PORTAL_MAIL_FROM": "portal@wennuan.example.cn",
    }
    return replace(read_settings(given), **changed)


@cache
def _hash() -> str:
    return hash_password(PASSWORD)


def _organisations_and_campaigns() -> None:
    with writing() as session:
        known: dict[str | None, Organisation | None] = {None: None}
        for position, place in enumerate(PLACES, start=1):
            organisation = add_organisation(
                session,
                code=place.code,
                name=place.name,
                kind=place.kind,
                parent=known[place.parent],
                position=position,
            )
            organisation.contact, organisation.phone = f"联系人{place.canary}", "0711-1"
            known[place.code] = organisation
        edition = add_edition(session, json.loads(EDITION.read_text("utf-8")), at=NOW)
        session.flush()
        edition.published_at = NOW
        planned = json.loads(EDITION.read_text("utf-8")) | {"version": DRAFT_EDITION}
        add_edition(session, planned | {"copied_from": "2027.1"}, at=NOW)
        last = _campaign(LAST, edition.id, -400, -380, -370, "published", None)
        session.add(last)
        session.flush()
        session.add(_campaign(OPEN, edition.id, -10, 5, 8, "published", last.id))
        session.flush()
        session.add(
            Clarification(
                campaign_id=last.id + 1,
                item="G",
                version=1,
                question="返乡的算不算？",
                answer="算。",
                published_at=NOW,
                published_by="鄂州市总工会",
            )
        )
        session.add(_campaign(DRAFT, edition.id, 300, 310, 320, "draft", last.id))
        session.add(_campaign(UNTOUCHED, edition.id, -5, 20, 25, "published", None))
        session.add(_campaign(READY, edition.id, 200, 210, 220, "draft", None))
        session.commit()


def _campaign(
    code: str, edition: int, opens: int, due: int, closes: int, status: str, previous: int | None
) -> Campaign:
    return Campaign(
        code=code,
        name=f"{code[:4]}年春节送温暖",
        edition_id=edition,
        previous_id=previous,
        opens=NOW + timedelta(days=opens),
        due=NOW + timedelta(days=due),
        closes=NOW + timedelta(days=closes),
        status=status,
        period="2026年12月至2027年2月",
    )


def _expectations() -> None:
    with tenancy.opening() as session, writing(session):
        organisations = {one.code: one for one in session.scalars(select(Organisation))}
        for campaign in session.scalars(select(Campaign).where(Campaign.code != DRAFT)):
            for place in PLACES:
                organisation = organisations[place.code]
                session.add(
                    Expectation(
                        campaign_id=campaign.id,
                        organisation_id=organisation.id,
                        parent_id=organisation.parent_id,
                        path=organisation.path,
                        code=place.code,
                        name=place.name,
                        kind=place.kind,
                        position=organisation.position,
                        basis=place.basis,
                    )
                )
        _announcements(session, organisations.values())
        session.commit()


def _announcements(session: Any, organisations: Iterable[Organisation]) -> None:
    opened = session.scalars(select(Campaign).where(Campaign.code == OPEN)).one()
    for number, title in ((ANNOUNCED, "填报口径"), (ANNOUNCEMENT_DRAFT, "还没有发")):
        session.add(
            Announcement(
                id=number,
                campaign_id=opened.id,
                title=title,
                text="各单位：\n请按附件填报。",
                to_all=True,
                written_at=NOW,
                written_by="职工服务中心",
                published_at=NOW if number == ANNOUNCED else None,
                published_by="职工服务中心",
            )
        )
    session.flush()
    for organisation in organisations:
        session.add(Delivery(announcement_id=ANNOUNCED, organisation_id=organisation.id))


def _people() -> None:
    with sign_in_door() as session, writing(session):
        organisations = {one.code: one for one in session.scalars(select(Organisation))}
        for username, (code, roles) in ACCOUNTS.items():
            session.add(
                User(
                    organisation_id=organisations[code].id,
                    username=username,
                    name=f"人{username}",
                    phone=f"139{PLACE[code].canary}",
                    email=f"{username}@wennuan.example.cn",
                    roles=[str(role) for role in roles],
                    password_hash=_hash(),
                    must_change_password=False,
                    created_at=NOW,
                )
            )
        session.flush()
        head = session.scalars(select(User).where(User.username == "ours-head")).one()
        session.add(
            SignInLink(
                organisation_id=head.organisation_id,
                token_hash=hashed(LINK),
                user_id=head.id,
                made_at=NOW,
                made_by="人ours-admin",
                expires_at=NOW + timedelta(days=7),
            )
        )
        session.commit()


def _reports(place: Place) -> None:
    organisation = organisation_of(place.code)
    with own_session(place.code) as session, writing(session):
        for campaign in session.scalars(select(Campaign).where(Campaign.code.in_((LAST, OPEN)))):
            _report(session, place, organisation, campaign)
        session.commit()


def _report(session: Any, place: Place, organisation: Organisation, campaign: Campaign) -> None:
    state = "accepted" if campaign.code == LAST else place.state
    by, owner = f"手{place.canary}", organisation.id
    report = Report(
        organisation_id=owner,
        campaign_id=campaign.id,
        edition_id=campaign.edition_id,
        state="draft",
        saved_at=NOW - timedelta(hours=2),
        saved_by=by,
        saved_by_id=1,
        zero_report=False,
    )
    session.add(report)
    session.flush()
    figures = _figures(place, state)
    rows = [
        {
            "organisation_id": owner,
            "report_id": report.id,
            "item": code,
            "value": value,
            "version": 1,
            "saved_at": NOW - timedelta(hours=2),
            "saved_by": by,
        }
        for code, value in figures.items()
        if value is not None
    ]
    session.execute(insert(Figure), rows)
    session.add(
        Explanation(
            organisation_id=owner,
            report_id=report.id,
            issue="year-on-year:A",
            reason="新增专项资金",
            words=f"说明{place.canary}",
            numbers="",
            explained_at=NOW,
            explained_by=by,
        )
    )
    session.add(
        Batch(
            organisation_id=owner,
            report_id=report.id,
            kind=Action.ZEROS_FILLED,
            made_at=NOW,
            made_by=by,
            undone_at=NOW,
        )
    )
    _submitted(session, place, organisation, campaign, report)
    report.state = state  # 鄂城 has withdrawn what it had submitted
    record(
        session,
        Action.FIGURE_SAVED,
        report.about,
        by=Actor(by, 1),
        at=NOW,
        item="G",
        new=str(place.number),
        note=f"注{place.canary}",
    )
    session.flush()


def _submitted(
    session: Any,
    place: Place,
    organisation: Organisation,
    campaign: Campaign,
    report: Report,
) -> None:
    at, owner = NOW - timedelta(hours=1), organisation.id
    report.submissions, report.submitted_at, report.first_submitted_at = 1, at, at
    if campaign.code == LAST:
        report.submissions = 2  # handed in once more after the close: a correction
    for number in range(1, report.submissions + 1):
        content = content_of(place, campaign.code, number)
        session.add(
            Submission(
                organisation_id=owner,
                report_id=report.id,
                number=number,
                document=content.decode(),
                sha256=submission.fingerprint(content),
                submitted_at=at,
                submitted_by_id=1,
                submitted_by=report.saved_by,
                nonce=f"nonce{place.canary}",
            )
        )
    session.flush()
    session.add(
        SignedCopy(
            organisation_id=owner,
            report_id=report.id,
            submission=1,
            file_name=f"{place.canary}.pdf",
            media_type="application/pdf",
            sha256=sha256(place.canary.encode()).hexdigest(),
            uploaded_at=at,
            uploaded_by=report.saved_by,
            number=1,
        )
    )
    session.add(
        SignedPage(
            organisation_id=owner,
            report_id=report.id,
            number=1,
            page=1,
            submission=1,
            file_name=f"{place.canary}.pdf",
            media_type="application/pdf",
            size=len(place.canary),
            sha256=sha256(place.canary.encode()).hexdigest(),
            content=place.canary.encode(),
            uploaded_at=at,
            uploaded_by=report.saved_by,
        )
    )
    _printed(session, place, organisation, campaign, report)
    _asked_and_entered(session, place, organisation, campaign, report)
    if place.state == "returned" and campaign.code == OPEN:
        _sent_back(session, place, organisation, campaign, report)


def content_of(place: Place, campaign: str, number: int = 1) -> bytes:
    """The document of a place's `number`-th submission, the same at every founding."""
    form, by = _form(), f"手{place.canary}"
    state = "accepted" if campaign == LAST else place.state
    return submission.canonical_bytes(
        submission.document(
            form,
            with_totals(form, _figures(place, state)),
            organisation_code=place.code,
            organisation_name=place.name,
            campaign_code=campaign,
            number=number,
            submitted_at=NOW - timedelta(hours=1),
            submitted_by=by,
            explanations={},
            filler=by,
            phone="",
        )
    )


@cache
def _form() -> Form:
    return parse_form(json.loads(EDITION.read_text("utf-8")))


def _figures(place: Place, state: str) -> dict[str, int | None]:
    figures: dict[str, int | None] = {item.code: 0 for item in _form().leaves}
    figures |= {"A3": place.number, "G": place.number}
    if state == "draft":
        figures |= dict.fromkeys(("F1", "F2"))
    return figures


def _printed(
    session: Any, place: Place, organisation: Organisation, campaign: Campaign, report: Report
) -> None:
    content = draft_document(
        _form(),
        _figures(place, "accepted" if campaign.code == LAST else place.state),
        organisation_code=place.code,
        organisation_name=place.name,
        campaign_code=campaign.code,
    )
    session.add(
        DraftPrint(
            organisation_id=organisation.id,
            report_id=report.id,
            number=1,
            document=content.decode(),
            sha256=submission.fingerprint(content),
            printed_at=NOW - timedelta(hours=3),
            printed_by=report.saved_by,
            printed_by_id=1,
        )
    )


def _asked_and_entered(
    session: Any, place: Place, organisation: Organisation, campaign: Campaign, report: Report
) -> None:
    """A question of the unit's own, and a figure that the next union up entered for it."""
    if campaign.code != OPEN:
        return
    owner = organisation.id
    session.add(
        Question(
            id=QUESTION_OF[place.code],
            organisation_id=owner,
            campaign_id=campaign.id,
            item="G",
            text=f"问{place.canary}",
            asked_at=NOW,
            asked_by=report.saved_by,
            asked_by_id=1,
        )
    )
    entry = OnBehalfEntry(
        organisation_id=owner,
        report_id=report.id,
        ground="来电",
        caller=f"来{place.canary}",
        entered_at=NOW,
        entered_by="审核",
        entered_by_id=1,
    )
    session.add(entry)
    report.on_behalf_by, report.on_behalf_ground = "审核", f"来电，来{place.canary}"
    session.flush()
    session.add(OnBehalfItem(organisation_id=owner, entry_id=entry.id, item="G", version=1))
    session.add(
        SoleHandling(
            organisation_id=owner,
            report_id=report.id,
            submission=1,
            act="submit",
            acts="代录、代为上报",
            ground="单位已电话确认",
            caller=f"认{place.canary}",
            called_at=NOW,
            done_at=NOW,
            done_by="审核",
            done_by_id=1,
        )
    )
    session.flush()


def _sent_back(
    session: Any, place: Place, organisation: Organisation, campaign: Campaign, report: Report
) -> None:
    owner = organisation.id
    sent = SentBack(
        organisation_id=owner,
        report_id=report.id,
        move="send_back",
        submission=1,
        reason=f"理由{place.canary}",
        sent_at=NOW,
        sent_by="审核",
    )
    session.add(sent)
    session.flush()
    session.add(
        SentBackItem(
            organisation_id=owner, sent_back_id=sent.id, item="G", reason=f"项{place.canary}"
        )
    )
    session.add(
        ReturnAnswer(
            organisation_id=owner,
            sent_back_id=sent.id,
            item="G",
            answer="attached",
            words=f"附{place.canary}",
            answered_at=NOW,
            answered_by=report.saved_by,
        )
    )
    session.add(
        Extension(
            organisation_id=owner,
            campaign_id=campaign.id,
            until=NOW + timedelta(days=9),
            reason=f"延{place.canary}",
            granted_by="审核",
            granted_at=NOW,
        )
    )


@contextmanager
def own_session(code: str) -> Iterator[FencedSession]:
    """A session fenced to one organisation, outside any request."""
    organisation = organisation_of(code)
    scope = OwnScope(organisation.id, organisation.path)
    session = FencedSession(db, scope=scope, expire_on_commit=False)
    try:
        yield session
    finally:
        session.close()


def _edition(place: Place) -> None:
    """The first edition of a consolidation, frozen by the place's own desk."""
    organisation = organisation_of(place.code)
    with own_session(place.code) as session, writing(session):
        assignment = find_assignment(session, OPEN)
        assert assignment is not None
        with tenancy.subtree(organisation) as reading:
            tree = read_tree(reading, assignment.expectation)
            node = ConsolidationScope(assignment, tree, Scope.SUBMITTED)
            frozen = freezing(reading, node, NOW)
        by = Person("", 1, "", f"手{place.canary}", frozenset(), False, organisation, NOW)
        operations.keep(session, assignment, frozen, None, "first", by, NOW)
        session.add(
            LastYearFigure(
                campaign_id=assignment.campaign.id,
                organisation_id=organisation.id,
                item="C1",
                value=place.number,
                version=1,
                source=f"旧表{place.canary}.xlsx",
                saved_at=NOW,
                saved_by=by.name,
            )
        )
        session.add(
            MadeWorkbook(
                id=MADE_OF[place.code],
                organisation_id=organisation.id,
                campaign_id=assignment.campaign.id,
                file_name=f"表{place.canary}.xlsx",
                content=place.canary.encode(),
                made_at=NOW,
                made_by=by.name,
            )
        )
        session.commit()


def organisation_of(code: str) -> Organisation:
    """The organisation with this code, read by a session of its own."""
    with sign_in_door() as session:
        return session.scalars(select(Organisation).where(Organisation.code == code)).one()


# Serving a copy


@dataclass
class MarkedCity:
    """A served copy of the city: its application, its file, and people who are signed in."""

    app: Flask
    folder: Path
    gate: "gate.Gate | gate.NoGate"

    @property
    def file(self) -> Path:
        return self.folder / "portal.sqlite3"

    def signed_in(self, username: str, password: str = PASSWORD) -> "Browser":
        """A browser in which this person has signed in."""
        browser = self.stranger()
        answer = browser.post("/login", username=username, password=password)
        assert answer.status_code == 303, answer.text
        return browser

    def stranger(self) -> "Browser":
        """A browser in which nobody has signed in."""
        return Browser(self, self.app.test_client())

    def rows(self) -> dict[str, list[Any]]:
        """Every row of every table, as the file holds them."""
        with closing(sqlite3.connect(self.file)) as connection:
            names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            return {
                table: sorted(connection.execute(select_all(table)).fetchall(), key=repr)
                for (table,) in names.fetchall()
            }

    def scalar(self, query: str, *values: Any) -> Any:
        """One value read from the file itself, past the portal."""
        rows = rows_of(self.folder, query, values)
        return rows[0][0] if rows else None

    def clock_at(self, moment: datetime) -> None:
        """Move the server's clock."""
        settings = self.app.config["PORTAL"]
        self.app.config["PORTAL"] = replace(settings, fixed_now=moment)

    def close(self) -> None:
        """Give the connections back."""
        with self.app.app_context():
            db.engine.dispose()


@dataclass
class Browser:
    """A browser: it keeps cookies and posts the token of its session, as a page would."""

    city: MarkedCity
    client: FlaskClient

    def get(self, path: str, **options: Any) -> Any:
        """Open a page."""
        return self.client.get(path, **options)

    def post(self, path: str, *, headers: dict[str, str] | None = None, **fields: Any) -> Any:
        """Post a form with the token that a page of this session shows."""
        return self.client.post(path, data={"csrf_token": self.token()} | fields, headers=headers)

    def cookie(self) -> str:
        """The value of the session's cookie."""
        kept = self.client.get_cookie(COOKIE)
        assert kept, "there is no session"
        return kept.value

    def token(self) -> str:
        """The token of this session, read from a page that everybody may open."""
        page = self.client.get("/password")
        if page.status_code != 200:
            page = self.client.get("/login")
        return token_in(page.text)


TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


def token_in(page: str) -> str:
    """The token that a page carries."""
    found = TOKEN.search(page)
    assert found, "the page carries no token"
    return found[1]


def select_all(table: str) -> str:
    """Every row of a table, its columns as the model has them: migrations add theirs at the end."""
    known = Base.metadata.tables.get(table)
    names = ", ".join(f'"{column.name}"' for column in known.columns) if known is not None else "*"
    return f'SELECT {names} FROM "{table}"'


def without_tokens(page: str) -> str:
    """A page without what differs from one answer to the next."""
    bare = re.sub(r'((?:csrf_token|nonce)" value=")[^"]*', r"\1", page)
    return re.sub(r"编号：<code>[0-9a-f]{16}</code>", "", bare)


def open_marked(original: Path, folder: Path, **settings: Any) -> MarkedCity:
    """Serve a copy of the city in `original` from `folder`, every statement past the gate."""
    copy_city(original, folder)
    return serve(folder, **settings)


def serve(folder: Path, **settings: Any) -> MarkedCity:
    """A new instance of the application on a city's folder."""
    app = create_app(settings_of(folder, **settings))
    with app.app_context():
        return MarkedCity(app, folder, gate.install(db.engine))

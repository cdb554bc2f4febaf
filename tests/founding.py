"""The city of the cast, built once as a file through the operations that people use.

市总 stands above all; 鄂城 has a grass-roots union below it; 葛店 and 临空 are neighbours;
市教育系统 is released from reporting. Last year's campaign is over, this year's is open.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

import portal
from portal import create_app
from portal.access import tenancy
from portal.access.actor import Actor
from portal.access.identity import Person, sign_in_door
from portal.access.passwords import hash_password
from portal.collection.assignment import FilledReport, fill_of, find_assignment
from portal.collection.opening import Listed, Plan, create_campaign, open_campaign
from portal.domain.campaign.calendar import ZONE, Dates
from portal.models import Organisation, Submission, User
from portal.models.campaign import campaign_by_code
from portal.models.organisation import organisation_by_code
from portal.models.trail_actions import EntryChannel
from portal.models.user import Role
from portal.register.editions import import_edition, publish_edition
from portal.register.people import add_user
from portal.register.units import Unit, found_organisations
from portal.reports import operations as reports
from portal.reports.typed import Typed
from portal.review import operations as review
from portal.settings import make_instance, read_settings
from portal.storage.db import db, writing
from tests.engines import SQLITE, environment_of, found_database

EDITIONS = Path(portal.__file__).parent / "editions"
PASSWORD = "wind-over-the-lake-72"
LAST, OPEN = "2022-spring", "2027-spring"


def at(text: str) -> datetime:
    """A moment in the city's time, written like 2027-01-20 10:00."""
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


NOW = at("2027-01-20 10:00")
OPENS, DUE, CLOSES = at("2027-01-10 08:30"), at("2027-01-26 17:30"), at("2027-01-28 17:30")

UNITS = (
    Unit("shizong", "鄂州市总工会", "市总", "", "10", "市总职工服务中心", "0711-0000010"),
    Unit("echeng", "鄂城区总工会", "区总", "shizong", "20", "王芳", "0711-0000020"),
    Unit("echeng-jiceng1", "鄂城区基层工会一", "基层", "echeng", "21", "黄丽", "0711-0000021"),
    Unit("gedian", "葛店开发区总工会", "开发区", "shizong", "30", "刘洋", "0711-0000030"),
    Unit("linkong", "临空经济区总工会", "开发区", "shizong", "40", "赵敏", "0711-0000040"),
    Unit("jiaoyu", "市教育系统工会", "市直系统", "shizong", "50", "周文静", "0711-0000050"),
)
EXPECTED = ("shizong", "echeng", "echeng-jiceng1", "gedian", "linkong")
"""Those who must report; 市教育系统 is 免报, 鄂城's grass-roots union 仅供核对."""

PEOPLE: Mapping[str, tuple[str, str, tuple[Role, ...]]] = {
    "shizong": ("张慧", "shizong", (Role.REVIEWER, Role.ADMIN)),
    "shizong-reporter": ("徐静", "shizong", (Role.REPORTER,)),
    "shizong-viewer": ("马国庆", "shizong", (Role.VIEWER,)),
    "shizong-auditor": ("朱明", "shizong", (Role.AUDITOR,)),
    "echeng": ("王芳", "echeng", (Role.REPORTER,)),
    "echeng-head": ("高建华", "echeng", (Role.HEAD,)),
    "echeng-reviewer": ("林晓梅", "echeng", (Role.REVIEWER,)),
    "echeng-admin": ("林晓梅", "echeng", (Role.ADMIN,)),
    "echeng-jiceng1": ("黄丽", "echeng-jiceng1", (Role.REPORTER,)),
    "gedian": ("刘洋", "gedian", (Role.REPORTER,)),
    "linkong": ("赵敏", "linkong", (Role.REPORTER,)),
    "jiaoyu": ("周文静", "jiaoyu", (Role.REPORTER,)),
}
"""Username: name, organisation and roles; all with `PASSWORD`."""

FIGURES: Mapping[str, str] = {"A3": "5.00", "B": "3", "C9": "12", "D9": "1.00"}
"""What a filled report says apart from zeros: nothing that a check would ask about."""


@cache
def edition(version: str) -> dict[str, Any]:
    """The data of one of the portal's own editions."""
    path = EDITIONS / f"songwennuan-{version}.json"
    document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return document


BY = Actor("建城", channel=EntryChannel.COMMAND)
FOUNDED = at("2021-12-20 10:00")


def found(folder: Path, engine: str = SQLITE) -> None:
    """Build the city in a new instance folder, on one of the engines."""
    make_instance(folder)
    found_database(folder, engine)
    app = app_of(folder)
    with app.app_context():
        _found_units()
        _found_people()
        _open(LAST, "2022.1", Dates(*map(at, LAST_DATES)), "2022年春节送温暖", None)
        _past_report("echeng")
        _past_report("gedian")
        _open(OPEN, "2027.1", Dates(OPENS, DUE, CLOSES), "2027年春节送温暖", LAST)
        db.engine.dispose()


LAST_DATES = ("2022-01-10 08:30", "2022-01-26 17:30", "2022-01-28 17:30")


def _found_units() -> None:
    with tenancy.opening() as door, writing(door) as session:
        found_organisations(session, UNITS, by=BY, at=FOUNDED)
        session.commit()


def _found_people() -> None:
    password_hash = hash_password(PASSWORD)
    with sign_in_door() as door, writing(door) as session:
        homes = {each.code: each for each in session.scalars(select(Organisation))}
        for username, (name, home, roles) in PEOPLE.items():
            add_user(
                session,
                homes[home],
                username=username,
                name=name,
                roles=roles,
                password_hash=password_hash,
                must_change_password=False,
                by=BY,
                at=FOUNDED,
            )
        session.commit()


def _open(code: str, version: str, dates: Dates, name: str, previous: str | None) -> None:
    with tenancy.opening() as door, writing(door) as session:
        kept = import_edition(session, edition(version), by=BY, at=FOUNDED)
        publish_edition(session, kept, by=BY, at=FOUNDED)
        plan = Plan(
            code=code,
            name=name,
            edition=kept,
            dates=dates,
            previous=campaign_by_code(session, previous) if previous else None,
            notice_number=f"鄂州工发[{code[:4]}]1号",
            period="春节前后",
        )
        listed = [Listed(unit) for unit in EXPECTED]
        campaign = create_campaign(session, plan, listed, by=BY, at=dates.opens)
        open_campaign(session, campaign, by=BY, at=dates.opens)
        session.commit()


def _past_report(code: str) -> None:
    with report_session(code, LAST) as (session, filling):
        by, moment = person(code), at("2022-01-20 10:00")
        typed = {filling.form.by_code[item]: Typed(text, 0) for item, text in FIGURES.items()}
        reports.save_items(session, filling, typed, by=by, at=moment)
        filling = _filling(session, LAST)
        reports.fill_zeros(session, filling, zero_report=False, by=by, at=moment)
        filling = _filling(session, LAST)
        handed_in = reports.submit(session, filling, nonce=code, by=by, at=moment)
        assert isinstance(handed_in, Submission)
        filling = _filling(session, LAST)
        review.accept(session, filling, number=1, by=person("shizong"), at=moment)
        session.commit()


@contextmanager
def report_session(code: str, campaign: str = OPEN) -> Iterator[tuple[Session, FilledReport]]:
    """A write transaction on one unit's report, for tests of operations; the caller commits."""
    tenancy.enter(organisation(code))
    with writing() as session:
        yield session, _filling(session, campaign)


def _filling(session: Session, campaign: str) -> FilledReport:
    assignment = find_assignment(session, campaign)
    assert assignment is not None
    return fill_of(session, assignment)


def organisation(code: str) -> Organisation:
    """The organisation with this code."""
    with sign_in_door() as session:
        found = organisation_by_code(session, code)
    assert found is not None
    return found


def person(username: str) -> Person:
    """Somebody as an operation takes them."""
    with sign_in_door() as session:
        user = session.scalars(select(User).where(User.username == username)).one()
        home = session.get_one(Organisation, user.organisation_id)
    return Person(
        token="",
        id=user.id,
        username=username,
        name=user.name,
        roles=frozenset(map(Role, user.roles)),
        must_change_password=False,
        organisation=home,
        seen_at=NOW,
    )


def app_of(folder: Path, **changed: Any) -> Flask:
    """An application on an instance folder, with the clock standing still at `NOW`."""
    settings = read_settings({**environment_of(folder), "PORTAL_NOW": NOW.isoformat()})
    return create_app(replace(settings, **changed))

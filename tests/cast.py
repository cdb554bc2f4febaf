"""The cast that the stories share: 鄂城 (ours), 葛店 (the neighbour), 市总 (who looks down on all).

A test gets a copy of their city, a clock that stands still, and people who are signed in already.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from portal.access import tenancy
from portal.access.identity import hashed, new_token, sign_in_door
from portal.domain.form.form import Form, parse_form
from portal.models import SignIn, User
from portal.models.campaign import campaign_by_code
from portal.settings import Settings
from portal.storage.db import db, writing
from tests import markup
from tests.engines import copy_city, is_a_file, renew_city, rows_of
from tests.founding import FIGURES, OPEN, PEOPLE, app_of, at, edition
from tests.markup import Page
from tests.whole import gate

DATES = ("opens", "due", "closes")


@dataclass
class City:
    """A served copy of the city: its application, its file, its clock and its people."""

    app: Flask
    folder: Path
    gate: gate.Gate | gate.NoGate
    _people: dict[str, "Character"] = field(default_factory=dict)
    as_founded: Settings = field(init=False)

    def __post_init__(self) -> None:
        self.as_founded = self.app.config["PORTAL"]

    def person(self, username: str) -> "Character":
        """Somebody of the cast at a browser of their own, signed in."""
        if username not in self._people:
            self._people[username] = Character(self, username, self._signed_in(username))
        return self._people[username]

    def stranger(self) -> FlaskClient:
        """A browser in which nobody has signed in."""
        return self.app.test_client()

    def _signed_in(self, username: str) -> FlaskClient:
        """A client with a sign-in of its own; no password is hashed for it."""
        token = new_token()
        with self.app.app_context(), sign_in_door() as door, writing(door) as session:
            user = session.scalars(select(User).where(User.username == username)).one()
            session.add(
                SignIn(
                    token_hash=hashed(token),
                    organisation_id=user.organisation_id,
                    user_id=user.id,
                    started_at=self.now,
                    seen_at=self.now,
                    address="",
                )
            )
            session.commit()
        client = self.app.test_client()
        with client.session_transaction() as kept:
            kept["_user_id"] = token
        return client

    @property
    def now(self) -> datetime:
        """What the server's clock says."""
        return self.app.config["PORTAL"].fixed_now

    def clock_at(self, moment: datetime | str) -> None:
        """Move the server's clock; whoever is signed in stays so."""
        self._set_clock(at(moment) if isinstance(moment, str) else moment)
        with self.app.app_context(), sign_in_door() as door, writing(door) as session:
            session.execute(
                update(SignIn)
                .values(started_at=self.now, seen_at=self.now)
                .execution_options(synchronize_session=False)
            )
            session.commit()

    def let_pass(self, time: timedelta) -> None:
        """Move the server's clock while everybody sits still."""
        self._set_clock(self.now + time)

    def _set_clock(self, moment: datetime) -> None:
        self.app.config["PORTAL"] = replace(self.app.config["PORTAL"], fixed_now=moment)

    def rows(self, query: str, *values: Any) -> list[Any]:
        """Rows read from the database itself, past the portal."""
        return rows_of(self.folder, query, values)

    def scalar(self, query: str, *values: Any) -> Any:
        """One value read from the file itself; None where there is no row."""
        rows = self.rows(query, *values)
        return rows[0][0] if rows else None

    def campaign(self, code: str = OPEN, **changed: Any) -> None:
        """Change columns of a campaign past its rules; a moment can be written as a text."""
        with self.app.app_context(), tenancy.opening() as door, writing(door) as session:
            campaign = campaign_by_code(session, code)
            for name, value in changed.items():
                setattr(campaign, name, at(value) if name in DATES else value)
            session.commit()

    def close(self) -> None:
        """Give the connections back."""
        with self.app.app_context():
            db.engine.dispose()


_idle: dict[tuple[Any, ...], list[City]] = {}


def borrow_city(original: Path, folder: Path, **settings: Any) -> City:
    """A fresh copy of the city, served by an application that earlier tests are done with.

    Making an application costs more than most tests do with it. A city that was given back
    keeps its folder, so `folder` is used only where there is none.
    """
    idle = _idle.setdefault((original, *sorted(settings.items())), [])
    if not idle:
        return open_city(original, folder, **settings)
    kept = idle.pop()
    renew_city(original, kept.folder)
    return City(kept.app, kept.folder, kept.gate)


def give_back(city: City, original: Path, **settings: Any) -> None:
    """Let a later test borrow the application of this city."""
    if is_a_file(city.folder):
        city.close()  # another file takes its place
    city.gate.refused.clear()
    city.app.config["PORTAL"] = city.as_founded
    _idle[original, *sorted(settings.items())].append(city)


def close_idle(original: Path) -> None:
    """Close every copy of this city that was given back; nobody borrows it any more."""
    for key in [key for key in _idle if key[0] == original]:
        for city in _idle.pop(key):
            city.close()


def open_city(original: Path, folder: Path, **settings: Any) -> City:
    """Serve a copy of the city in `original` from `folder`, every statement past the gate."""
    copy_city(original, folder)
    app = app_of(folder, **settings)
    with app.app_context():
        return City(app, folder, gate.install(db.engine))


TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


@dataclass
class Character:
    """Somebody of the cast at a browser; every answer that comes back is checked as markup."""

    city: City
    username: str
    client: FlaskClient
    _token: str = ""

    @property
    def home(self) -> str:
        """The code of their own organisation."""
        return PEOPLE[self.username][1]

    def url(self, path: str = "", *, code: str | None = None, campaign: str = OPEN) -> str:
        """An address below a campaign of their own organisation, or of the one with `code`."""
        return f"/o/{code or self.home}/campaigns/{campaign}{path}"

    def get(self, path: str, **options: Any) -> TestResponse:
        """Open a page."""
        return _checked(self.client.get(path, **options))

    def page(self, path: str) -> Page:
        """Open a page that must be there, and read it."""
        answer = self.get(path)
        assert answer.status_code == 200, f"{path}: {answer.status}"
        return Page.of(answer.text)

    def post(
        self, path: str, *, headers: Mapping[str, str] | None = None, **fields: Any
    ) -> TestResponse:
        """Post a form with the token of this session."""
        form = {"csrf_token": self.token()} | fields
        return _checked(self.client.post(path, data=form, headers=headers))

    def token(self) -> str:
        """The token of this session, read from a page that everybody may open."""
        if not self._token:
            found = TOKEN.search(self.client.get("/password").text)
            assert found, "the page carries no token"
            self._token = found[1]
        return self._token

    def save(self, code: str, text: str, *, version: int | None = None) -> TestResponse:
        """Leave a changed cell of the own report, as htmx tells the server."""
        if version is None:
            version = self.version(code)
        fields = {code: text, f"{code}.version": str(version)}
        return self.post(
            self.url(f"/report/items/{code}"), headers={"HX-Request": "true"}, **fields
        )

    def version(self, code: str) -> int:
        """The version that the own report's figure has now."""
        return self.current.versions().get(code, 0)

    def fill_all(self, **figures: str) -> None:
        """Type some figures into the own report, those of `FIGURES` by default, and zeros."""
        versions = self.current.versions()
        blank = {leaf.code: "0" for leaf in self.current.form.leaves if leaf.code not in versions}
        fields: dict[str, str] = {}
        for code, text in (blank | (figures or FIGURES)).items():
            version = str(versions.get(code, 0))
            fields |= {code: text, f"{code}.version": version, f"{code}.was": "-"}
        typed = self.post(self.url("/report"), **fields)
        assert typed.status_code == 303, typed.text

    def submit(self, nonce: str = "") -> TestResponse:
        """上报 the own report."""
        nonce = nonce or f"click-{self.current.submissions}"
        return self.post(self.url("/report/submission"), nonce=nonce)

    def keep_figures(self, *items: str) -> None:
        """Answer a return of the own report: 维持原数 for the items named, or the whole form."""
        fields: dict[str, str] = {}
        for item in items or ("*",):
            fields |= {f"answer.{item}": "kept", f"words.{item}": "经核实，原数无误"}
        answer = self.post(self.url("/report/return-answers"), **fields)
        assert answer.status_code == 303, answer.text

    @property
    def current(self) -> "ReportOf":
        """The own report of the open campaign as it is now."""
        return ReportOf(self.city, self.home)

    def report(self, state: str = "draft") -> "ReportOf":
        """The own report, brought into a state by those who do that in life."""
        if state == "draft":
            self.save("C9", "12")
        elif state != "not-started":
            self.fill_all()
            assert self.submit().status_code == 303
            self._judge(state)
        assert self.current.state == state
        return self.current

    def _judge(self, state: str) -> None:
        reviewer, number = self.current.reviewer, str(self.current.submissions)
        if state == "accepted":
            reviewer.post(self.url("/report/acceptance"), number=number)
        elif state == "returned":
            reviewer.post(self.url("/report/return"), number=number, reason="请核对 C9。")

    def board(self, query: str = "") -> Page:
        """The status board of their own organisation."""
        return self.page(self.url(f"/status{query}"))

    def sees(self, report: "ReportOf", words: str) -> bool:
        """Whether the status board says these words in the row of a report's unit."""
        return words in self.board().one("tr", organisation=report.code).text


@dataclass(frozen=True)
class ReportOf:
    """One unit's report of the open campaign; everything is read anew from the file."""

    city: City
    code: str

    @property
    def url(self) -> str:
        """The address of the report."""
        return f"/o/{self.code}/campaigns/{OPEN}/report"

    def _column(self, name: str) -> Any:
        query = (
            "SELECT r.* FROM report r JOIN organisation o ON o.id = r.organisation_id "
            "JOIN campaign c ON c.id = r.campaign_id WHERE o.code = ? AND c.code = ?"
        )
        return next((row[name] for row in self.city.rows(query, self.code, OPEN)), None)

    @property
    def id(self) -> int:
        """The report's number in the database; 0 before it is begun."""
        return self._column("id") or 0

    @property
    def state(self) -> str:
        """Where it stands."""
        return self._column("state") or "not-started"

    @property
    def submissions(self) -> int:
        """How often it was submitted."""
        return self._column("submissions") or 0

    @property
    def form(self) -> Form:
        """The form that it is filled with."""
        return parse_form(edition("2027.1"))

    @property
    def reviewer(self) -> Character:
        """Who decides on it: the reviewer of the next union up."""
        below_echeng = self.code.startswith("echeng-")
        return self.city.person("echeng-reviewer" if below_echeng else "shizong")

    def versions(self) -> dict[str, int]:
        """The version of every leaf that was ever written."""
        query = "SELECT item, version FROM figure WHERE report_id = ?"
        return {row["item"]: row["version"] for row in self.city.rows(query, self.id)}

    def figure(self, item: str) -> int | None:
        """The stored value of a leaf."""
        query = "SELECT value FROM figure WHERE report_id = ? AND item = ?"
        value: int | None = self.city.scalar(query, self.id, item)
        return value

    def trail(self) -> list[str]:
        """The actions in the report's trail, the first one first."""
        query = "SELECT action FROM trail WHERE report_id = ? ORDER BY number"
        return [row["action"] for row in self.city.rows(query, self.id)]

    def reload(self) -> "ReportOf":
        """The same report; it reads anew by itself, and stories say so aloud."""
        return self


def _checked(answer: TestResponse) -> TestResponse:
    if answer.mimetype == "text/html" and answer.text and answer.status_code not in (301, 303):
        markup.check(answer.text)
    return answer

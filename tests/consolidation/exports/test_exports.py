"""Exports: a long one tells how far it is while it is made, and stands in the trail."""

from dataclasses import replace
from datetime import timedelta
from io import BytesIO

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from portal.access import tenancy
from portal.consolidation.exports import operations
from portal.models import MadeWorkbook, TrailEntry
from portal.storage.db import db
from portal.workbooks.consolidation import WorkbookBuilder
from tests.consolidation.conftest import NOW, consolidation

SECOND, TEN_MINUTES = timedelta(seconds=1), timedelta(minutes=10)
EXPORTS = f"{consolidation('shizong')}/exports"


@pytest.fixture
def desk(city, monkeypatch):
    """The city's reviewer with three reports, where more than two make a long export."""
    monkeypatch.setattr(operations, "MAX_UNITS_AT_ONCE", 2)
    for at, code in enumerate(("shizong", "echeng", "gedian"), 1):
        city.report(code, "submitted", C1=at, D1=at * 10_000)
    return city.sign_in("shizong", "reviewer")


def trail(city, code="shizong"):
    """What was exported from an organisation, as its trail says."""
    tenancy.enter(city.organisations[code])
    wanted = select(TrailEntry.note).where(TrailEntry.action == "exported")
    return db.session.scalars(wanted.order_by(TrailEntry.number)).all()


def link_of(text):
    """Where the page of a finished export leads to."""
    return text.partition('data-action="download" href="')[2].partition('"')[0]


def test_a_long_export_streams_its_progress(desk, monkeypatch):
    drawn = []

    class Watched(WorkbookBuilder):
        def __iter__(self):
            for at in super().__iter__():
                drawn.append(at)
                yield at

    monkeypatch.setattr("portal.consolidation.exports.views.WorkbookBuilder", Watched)
    answer = desk.post(EXPORTS, scope="submitted")
    sent = ""
    for piece in answer.iter_encoded():
        sent += piece.decode()
        if 'data-drawn="1"' in sent:
            break

    assert drawn == [1]
    assert "已写入" in sent
    assert "3 家单位" in sent
    rest = sent + b"".join(answer.iter_encoded()).decode()
    assert drawn == [1, 2, 3]
    assert rest.count("<li data-drawn=") == 3
    assert link_of(rest)


def test_a_finished_file_expires(desk, city, monkeypatch):
    monkeypatch.setattr(
        operations, "KEPT_FOR", TEN_MINUTES
    )  # shorter than a person stays signed in
    text = desk.post(EXPORTS, scope="submitted").text
    file = desk.get(link_of(text))

    assert load_workbook(BytesIO(file.data)).sheetnames[:2] == ["汇总表", "汇总单位"]
    assert "attachment" in file.headers["Content-Disposition"]
    later = replace(city.app.config["PORTAL"], fixed_now=NOW + TEN_MINUTES + SECOND)
    city.app.config["PORTAL"] = later
    again = desk.post(EXPORTS, scope="submitted").text
    assert desk.status(link_of(text)) == 404
    assert desk.status(link_of(again)) == 200
    tenancy.enter(city.organisations["shizong"])
    assert len(db.session.scalars(select(MadeWorkbook)).all()) == 1


def test_only_a_desk_can_fetch_a_finished_file(desk, city):
    link = link_of(desk.post(EXPORTS, scope="submitted").text)

    assert city.sign_in("gedian", "reviewer").status(link) == 404
    assert city.sign_in("shizong", "reporter").status(link) == 403
    assert city.sign_in("shizong", "viewer").status(link) == 200


def test_the_progress_page_is_used_for_many_units_only(desk, monkeypatch):
    page = desk.page(consolidation("shizong"))
    assert len(page.all("button", action="export-xlsx")) == 1

    monkeypatch.setattr(operations, "MAX_UNITS_AT_ONCE", 3)
    page = desk.page(consolidation("shizong"))
    assert not page.all("button", action="export-xlsx")
    assert page.all("a", action="export-xlsx")


def test_a_long_export_is_in_the_trail(desk, city):
    assert link_of(desk.post(EXPORTS, scope="drafts").text)

    assert trail(city) == ["2022年春节送温暖_鄂州市总工会_汇总表（含填报中）.xlsx"]


def test_a_failed_export_says_so_and_stores_nothing(desk, city, monkeypatch, caplog):
    def torn(*_):
        raise OSError("no room")

    monkeypatch.setattr(operations, "store", torn)
    text = desk.post(EXPORTS, scope="submitted").text

    assert "没有做成" in text
    assert not link_of(text)
    assert "an export was not made" in caplog.text
    assert trail(city) == []

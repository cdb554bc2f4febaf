"""An assignment as a session holds it: one report of its own, and the rest for reading."""

from collections.abc import Iterator

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from portal.collection.assignment import find_assignment
from portal.models import Report
from portal.storage.db import db
from tests.founding import OPEN, report_session


@pytest.fixture
def session(app, echeng) -> Iterator[Session]:
    """鄂城's session in a city where its report is begun."""
    echeng.save("C9", "12")
    with app.app_context(), report_session("echeng") as (session, _):
        yield session


def _report(session):
    return find_assignment(session, OPEN).report


def test_what_is_written_to_the_report_is_kept(session):
    report = _report(session)
    report.on_behalf_by = "高建华"
    session.commit()

    kept = select(Report.on_behalf_by).where(Report.id == report.id)
    assert session.scalars(kept).all() == ["高建华"]


def test_a_session_has_one_report_however_often_it_is_found(session):
    first = _report(session)
    first.decided_by = "高建华"

    again = _report(session)

    assert again is first
    assert again.decided_by == "高建华"


def test_what_a_statement_changed_meanwhile_is_seen_in_the_report(session):
    report = _report(session)
    changed = update(Report).values(saved_by="高建华")
    session.execute(changed.execution_options(synchronize_session=False))

    _report(session)

    assert report.saved_by == "高建华"


def test_what_was_undone_is_read_anew(session):
    report = _report(session)
    report.decided_by = "高建华"
    session.flush()
    session.rollback()

    assert _report(session) is report
    assert report.decided_by == ""


def test_the_campaign_and_the_unit_stay_readable_after_the_session_is_done(session):
    assignment = find_assignment(session, OPEN)
    session.commit()
    session.close()
    db.session.remove()

    assert assignment.campaign.code == OPEN
    assert assignment.expectation.code == "echeng"

"""Views of a campaign for its units: the notice, the announcements, 我已阅读."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import abort, flash, redirect, render_template, url_for

from portal import clock
from portal.access import tenancy
from portal.access.identity import actor, organisation_here
from portal.access.rules import allow, desk, may, member, reporter
from portal.campaigns import reading
from portal.campaigns.announcement_views import NUMBER
from portal.campaigns.views import bp
from portal.collection import announcements
from portal.collection.assignment import Assignment
from portal.domain.campaign import schedule
from portal.models import Announcement
from portal.storage.db import db, writing
from portal.web.assignments import assignment_here


@bp.get("/<campaign>/notice")
@allow(member)
def notice(campaign: str) -> Any:
    """What the campaign asks of its units, until when, and everything announced in it."""
    assignment = assignment_here(campaign)
    told = announcements.told_to(db.session(), assignment.campaign)
    below: Sequence[Announcement] = ()
    counts: Mapping[int, tuple[int, int]] = {}
    if may(desk, organisation_here().id):
        with tenancy.subtree(organisation_here()) as session:
            counts = announcements.read_counts(session, assignment.campaign)
            below = reading.told_in_subtree(session, assignment)
    return render_template(
        "campaigns/notice.html",
        assignment=assignment,
        told={announcement.id: delivery for announcement, delivery in told},
        announcements=below or [announcement for announcement, _ in told],
        counts=counts,
        stretches=schedule.stretches(assignment.campaign.dates),
    )


@bp.get(f"/<campaign>/announcements/{NUMBER}")
@allow(member)
def announcement(campaign: str, announcement: int) -> Any:
    """One announcement; opening it changes nothing, 我已阅读 says that it was read."""
    assignment = assignment_here(campaign)
    found = _found(assignment, announcement)
    readers = []
    if may(desk, organisation_here().id):
        with tenancy.subtree(organisation_here()) as session:
            readers = reading.readers(session, found)
    delivery = reading.delivery_of(db.session(), found)
    if delivery is None and not readers:
        abort(404)
    return render_template(
        "campaigns/announcement.html",
        assignment=assignment,
        announcement=found,
        delivery=delivery,
        readers=readers,
    )


def _found(assignment: Assignment, number: int) -> Announcement:
    found = db.session().get(Announcement, number)
    if found is None or found.campaign_id != assignment.campaign.id:
        abort(404)
    if found.is_draft or found.withdrawn_at is not None:
        abort(404)
    return found


@bp.post(f"/<campaign>/announcements/{NUMBER}/reading")
@allow(reporter)
def read_announcement(campaign: str, announcement: int) -> Any:
    """我已阅读: mark the announcement as read by the unit."""
    with writing() as session:
        assignment = assignment_here(campaign)
        found = _found(assignment, announcement)
        delivery = reading.delivery_of(session, found) or abort(404)
        reading.mark_read(session, found, delivery, by=actor(), at=clock.now())
        session.commit()
    flash(f"已记下：本单位已阅读“{found.title}”。")
    return redirect(url_for(".notice", campaign=campaign), 303)

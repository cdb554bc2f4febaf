"""The assignment that a page is about: this organisation's part in the campaign of the URL."""

from flask import abort

from portal.collection.assignment import Assignment, FilledReport, fill_of, find_assignment
from portal.storage.db import db


def assignment_here(campaign: str) -> Assignment:
    """The assignment in the request's session; 404 where the organisation has no part in it.

    Inside `writing()` its row is held until the commit.
    """
    return find_assignment(db.session(), campaign) or abort(404)


def filled_report(campaign: str) -> FilledReport:
    """The assignment with everything typed into its report; 404 as `assignment_here`."""
    return fill_of(db.session(), assignment_here(campaign))

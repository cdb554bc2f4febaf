"""Views of home: from here everything else is found."""

from typing import Any

from flask import Blueprint, redirect, url_for

from portal.access import allow, signed_in
from portal.identity import actor

bp = Blueprint("home", __name__)


@bp.get("/")
@allow(signed_in)
def home() -> Any:
    """Lead everybody to the home of their own organisation."""
    return redirect(url_for("home.organisation", organisation=actor().organisation.code), 303)

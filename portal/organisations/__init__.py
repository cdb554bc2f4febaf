"""Organisations: the tree of union bodies, looked after by the administrators of each subtree."""

from portal.organisations import roster_views
from portal.organisations.views import bp

__all__ = ["bp", "roster_views"]

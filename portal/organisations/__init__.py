"""Organisations: the tree of unions, which the administrators of each subtree look after."""

from portal.organisations import roster_views
from portal.organisations.views import bp

__all__ = ["bp", "roster_views"]

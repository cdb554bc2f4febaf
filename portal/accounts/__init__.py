"""Accounts: signing in and out, passwords, and the users that an administrator looks after."""

from portal.accounts import link_views, user_views
from portal.accounts.views import bp

__all__ = ["bp", "link_views", "user_views"]

"""Accounts: signing in and out, passwords, and the users that an administrator looks after."""

from portal.accounts.views import bp

__all__ = ["bp"]

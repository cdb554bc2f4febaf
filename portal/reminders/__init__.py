"""Reminders (催报): texts for the group and for one unit, messages, the log of calls."""

from portal.reminders.views import bp

__all__ = ["bp"]

"""Trail: what was done to a report, by whom and when."""

from portal.trail.views import bp

__all__ = ["bp"]

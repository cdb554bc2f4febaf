"""Paper: looks up the code on a print and compares the print with the system now."""

from portal.paper.views import bp

__all__ = ["bp"]

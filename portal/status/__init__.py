"""Status board: every expected organisation of a subtree, and how far its report is."""

from portal.status.views import bp

__all__ = ["bp"]

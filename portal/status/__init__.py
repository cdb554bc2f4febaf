"""Status board: every expected organisation of a subtree and the state of its report."""

from portal.status.views import bp

__all__ = ["bp"]

"""Duties (分工填报): several people of one unit each see which items are theirs."""

from portal.duties.views import bp

__all__ = ["bp"]

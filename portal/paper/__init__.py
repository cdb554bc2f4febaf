"""Paper: from the code that a print carries to what the system says of it now."""

from portal.paper.views import bp

__all__ = ["bp"]

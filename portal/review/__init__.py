"""Review: the next union up accepts, sends back, reopens, and extends the time."""

from portal.review.views import bp

__all__ = ["bp"]

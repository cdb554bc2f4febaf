"""Home: what an organisation owes and what its desk watches, campaign by campaign."""

from portal.home.views import bp

__all__ = ["bp"]

"""Home: the reports that an organisation owes, and the campaigns that its desk watches."""

from portal.home.views import bp

__all__ = ["bp"]

"""Reports: an organisation fills its form, explains, submits, withdraws, prints and exports."""

from portal.reports.views import bp

__all__ = ["bp"]

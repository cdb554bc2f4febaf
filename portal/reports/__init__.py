"""Reports: an organisation fills its form, explains, submits, withdraws, prints and exports."""

from portal.reports import panel_views, paste_views
from portal.reports.views import bp

__all__ = ["bp", "panel_views", "paste_views"]

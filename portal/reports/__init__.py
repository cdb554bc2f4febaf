"""Reports: an organisation fills its form, explains, submits, withdraws, prints and exports."""

from portal.reports import last_year_views, panel_views, passed_down_views, round_views, views
from portal.reports.bulk import import_views, paste_views
from portal.reports.on_behalf import views as entering_views
from portal.reports.page_views import bp
from portal.reports.prints import draft_views, proof_views

__all__ = [
    "bp",
    "draft_views",
    "entering_views",
    "import_views",
    "last_year_views",
    "panel_views",
    "passed_down_views",
    "paste_views",
    "proof_views",
    "round_views",
    "views",
]

"""Consolidation: the sum over many reports, with who is in it and who is missing."""

from portal.consolidation import views
from portal.consolidation.editions import views as edition_views
from portal.consolidation.exports import views as export_views
from portal.consolidation.page_views import bp

__all__ = ["bp", "edition_views", "export_views", "views"]

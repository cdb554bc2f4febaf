"""Campaigns: the city plans one, names its units, publishes it and tells them about it."""

from portal.campaigns import (
    announcement_views,
    last_year_views,
    limit_views,
    notice_views,
    unit_views,
)
from portal.campaigns.views import bp

__all__ = [
    "announcement_views",
    "bp",
    "last_year_views",
    "limit_views",
    "notice_views",
    "unit_views",
]

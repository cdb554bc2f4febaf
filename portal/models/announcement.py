"""Announcements (通知公告) of a campaign, and which unit has read which of them."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.base import Base, Instant, TenantOwned


class Announcement(Base):
    """A message from the city to the units of a campaign; it never changes after publication.

    `to_all` delivers it to every expected unit, also to units added later. A wrong announcement
    is withdrawn (`withdrawn_at`) and replaced by a new one.
    """

    __tablename__ = "announcement"

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"), index=True)
    title: Mapped[str] = mapped_column(String(100))
    text: Mapped[str] = mapped_column(Text)
    to_all: Mapped[bool]
    written_at: Mapped[datetime] = mapped_column(Instant)
    written_by: Mapped[str] = mapped_column(String(100))
    published_at: Mapped[datetime | None] = mapped_column(Instant)
    published_by: Mapped[str] = mapped_column(String(100), default="")
    withdrawn_at: Mapped[datetime | None] = mapped_column(Instant)
    version: Mapped[int] = mapped_column(default=1)

    @property
    def is_draft(self) -> bool:
        """Whether it is not published yet."""
        return self.published_at is None


class Delivery(TenantOwned, Base):
    """One announcement for one unit: unread, or read when and by whom."""

    __tablename__ = "delivery"
    __table_args__ = (Index("ix_delivery_organisation_id", "organisation_id"),)

    announcement_id: Mapped[int] = mapped_column(ForeignKey("announcement.id"), primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    read_at: Mapped[datetime | None] = mapped_column(Instant)
    read_by: Mapped[str] = mapped_column(String(100), default="")

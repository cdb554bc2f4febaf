"""Reminders (催报): each reminder to one unit, with its channel and outcome."""

from datetime import datetime

from sqlalchemy import ForeignKeyConstraint, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.base import Base, Instant, TenantOwned


class Reminder(TenantOwned, Base):
    """One reminder to one unit in one campaign.

    An automatic mail has its `moment` and its recipient; a unique constraint on both keeps the
    same mail from being sent twice. `nonce` identifies a person's click, so that a double click
    saves once. `promised_at` is the time that the unit promised to report by.
    """

    __tablename__ = "reminder"
    __table_args__ = (
        ForeignKeyConstraint(
            ["campaign_id", "organisation_id"],
            ["expectation.campaign_id", "expectation.organisation_id"],
        ),
        UniqueConstraint("organisation_id", "campaign_id", "moment", "recipient"),
        UniqueConstraint("organisation_id", "campaign_id", "nonce"),
        Index("ix_reminder_campaign_id_organisation_id", "campaign_id", "organisation_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int]
    channel: Mapped[str] = mapped_column(String(16))
    outcome: Mapped[str] = mapped_column(String(16))
    made_at: Mapped[datetime] = mapped_column(Instant)
    made_by: Mapped[str] = mapped_column(String(100))
    moment: Mapped[str | None] = mapped_column(String(16))
    recipient: Mapped[str] = mapped_column(String(200), default="")
    text: Mapped[str] = mapped_column(Text, default="")
    promised_at: Mapped[datetime | None] = mapped_column(Instant)
    note: Mapped[str] = mapped_column(String(500), default="")
    nonce: Mapped[str | None] = mapped_column(String(64))

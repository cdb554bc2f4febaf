"""Duties (分工填报): which person of a unit looks after which items in a campaign."""

from datetime import datetime

from sqlalchemy import ForeignKey, ForeignKeyConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.base import Base, Instant, TenantOwned


class Duty(TenantOwned, Base):
    """One item assigned to one person of the unit; others may fill it too."""

    __tablename__ = "duty"
    __table_args__ = (
        ForeignKeyConstraint(
            ["campaign_id", "organisation_id"],
            ["expectation.campaign_id", "expectation.organisation_id"],
        ),
        ForeignKeyConstraint(["organisation_id", "user_id"], ["user.organisation_id", "user.id"]),
    )

    campaign_id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    item: Mapped[str] = mapped_column(String(8), primary_key=True)
    user_id: Mapped[int]
    assigned_at: Mapped[datetime] = mapped_column(Instant)
    assigned_by: Mapped[str] = mapped_column(String(100))

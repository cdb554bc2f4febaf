"""Editions of a consolidation: frozen, reported upward, later differences acknowledged."""

from datetime import datetime

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.base import Base, Instant, TenantOwned

MAX_REMARK_LENGTH = 200


class ConsolidationEdition(TenantOwned, Base):
    """汇总表（第 n 版） of one node in one campaign, frozen; rows are added and never changed.

    `counted` is the sha256 over the added submissions; comparing it shows whether the live sum
    still adds the same ones. `nonce` identifies the click, so that a double click freezes once.
    """

    __tablename__ = "consolidation_edition"
    __table_args__ = (
        UniqueConstraint("organisation_id", "id"),
        UniqueConstraint("organisation_id", "campaign_id", "number"),
        UniqueConstraint("organisation_id", "campaign_id", "nonce"),
        CheckConstraint("scope IN ('accepted', 'submitted')", name="scope"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    number: Mapped[int]
    scope: Mapped[str] = mapped_column(String(16))
    document: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    counted: Mapped[str] = mapped_column(String(64))
    frozen_at: Mapped[datetime] = mapped_column(Instant)
    frozen_by_id: Mapped[int]
    frozen_by: Mapped[str] = mapped_column(String(100))
    nonce: Mapped[str] = mapped_column(String(64))


def _of_edition(table: str) -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        ["organisation_id", "edition_id"],
        ["consolidation_edition.organisation_id", "consolidation_edition.id"],
        name=f"fk_{table}_edition",  # the conventional name is longer than PostgreSQL allows
    )


class UpwardReport(TenantOwned, Base):
    """标记已报省总: when, how and by whom an edition was reported to the union above."""

    __tablename__ = "upward_report"
    __table_args__ = (_of_edition("upward_report"),)

    edition_id: Mapped[int] = mapped_column(primary_key=True)
    remark: Mapped[str] = mapped_column(String(MAX_REMARK_LENGTH), default="")
    reported_at: Mapped[datetime] = mapped_column(Instant)
    reported_by_id: Mapped[int]
    reported_by: Mapped[str] = mapped_column(String(100))


class DifferenceAcknowledgement(TenantOwned, Base):
    """A person's acknowledgement of one difference between an edition and the live sums."""

    __tablename__ = "difference_acknowledgement"
    __table_args__ = (_of_edition("difference_acknowledgement"),)

    edition_id: Mapped[int] = mapped_column(primary_key=True)
    difference: Mapped[str] = mapped_column(String(64), primary_key=True)
    acknowledged_at: Mapped[datetime] = mapped_column(Instant)
    acknowledged_by_id: Mapped[int]
    acknowledged_by: Mapped[str] = mapped_column(String(100))

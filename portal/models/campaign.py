"""Campaigns: one collection each, with its dates, the units it expects and their extensions."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    Text,
    UniqueConstraint,
    select,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.domain.campaign.calendar import Dates, Status
from portal.models.base import Base, Instant, TenantOwned
from portal.models.organisation import PATH


class Campaign(Base):
    """One collection: the notice, the edition of the form, the dates.

    Only draft, published or archived is stored; open and closed are derived from the dates.
    `limits` are the campaign's own settings for checks, by the check's id. `version` increases
    with every change, so that an editor with an older version is refused. Each round of a
    campaign is a row of its own; later rounds refer to the first.
    """

    __tablename__ = "campaign"
    __table_args__ = (
        CheckConstraint("status IN ('draft', 'published', 'archived')", name="status"),
        CheckConstraint("opens < due AND due <= closes", name="dates"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    notice_number: Mapped[str] = mapped_column(String(100), default="")
    notice: Mapped[str] = mapped_column(Text, default="")
    summary: Mapped[str] = mapped_column(Text, default="")
    contact: Mapped[str] = mapped_column(String(200), default="")
    period: Mapped[str] = mapped_column(String(100), default="")
    edition_id: Mapped[int] = mapped_column(ForeignKey("form_edition.id"))
    previous_id: Mapped[int | None] = mapped_column(ForeignKey("campaign.id"))
    round_of_id: Mapped[int | None] = mapped_column(ForeignKey("campaign.id"))
    round_name: Mapped[str] = mapped_column(String(20), default="")
    opens: Mapped[datetime] = mapped_column(Instant)
    due: Mapped[datetime] = mapped_column(Instant)
    closes: Mapped[datetime] = mapped_column(Instant)
    status: Mapped[str] = mapped_column(String(16), default=Status.DRAFT)
    four_eyes: Mapped[bool] = mapped_column(default=False)
    signed_copy_required: Mapped[bool] = mapped_column(default=False)
    limits: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    version: Mapped[int] = mapped_column(default=1)
    changed_at: Mapped[datetime | None] = mapped_column(Instant)
    changed_by: Mapped[str] = mapped_column(String(100), default="")

    @property
    def dates(self) -> Dates:
        """The three instants of the campaign."""
        return Dates(self.opens, self.due, self.closes)

    @property
    def first_round_id(self) -> int:
        """The id of the first round; the campaign's own id without rounds."""
        return self.round_of_id or self.id

    def mark_changed(self, by: str, at: datetime) -> None:
        """Record the change and increase `version`; edits of an older version are refused."""
        self.version += 1
        self.changed_by, self.changed_at = by, at


class Expectation(TenantOwned, Base):
    """One unit of a campaign's tree, copied from the organisations when the campaign opens.

    The copy keeps past boards and sums unchanged when a unit is moved, merged or renamed.
    `expected` is false for 免报, with the reason. `own_position` is true if the order was set for
    this campaign only. `allocated` is the registered allocation in fen, `households` the number
    of registered households in difficulty.
    """

    __tablename__ = "expectation"
    __table_args__ = (
        CheckConstraint("basis IN ('own', 'full')", name="basis"),
        Index("ix_expectation_campaign_id_path", "campaign_id", "path"),
    )

    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"), primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    path: Mapped[str] = mapped_column(PATH)
    code: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(32))
    position: Mapped[int]
    own_position: Mapped[bool] = mapped_column(default=False)
    basis: Mapped[str] = mapped_column(String(8))
    expected: Mapped[bool] = mapped_column(default=True)
    exempt_reason: Mapped[str] = mapped_column(String(500), default="")
    allocated: Mapped[int | None] = mapped_column(BigInteger)
    households: Mapped[int | None]


class Extension(TenantOwned, Base):
    """延期报送: one organisation's own due and close in one campaign; the newest row counts."""

    __tablename__ = "extension"
    __table_args__ = (
        ForeignKeyConstraint(
            ["campaign_id", "organisation_id"],
            ["expectation.campaign_id", "expectation.organisation_id"],
        ),
        UniqueConstraint("campaign_id", "organisation_id", "granted_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int]
    until: Mapped[datetime] = mapped_column(Instant)
    reason: Mapped[str] = mapped_column(String(500))
    granted_by: Mapped[str] = mapped_column(String(100))
    granted_at: Mapped[datetime] = mapped_column(Instant)


def campaign_by_code(session: Session, code: str) -> Campaign | None:
    """The campaign with this code, or None."""
    return session.scalar(select(Campaign).where(Campaign.code == code))

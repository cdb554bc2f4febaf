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

    Open and closed follow from the dates; stored is only whether it is a draft, published
    or archived. `limits` are the campaign's own settings for checks, by the check's id.
    `version` grows by one with every change, so that an editor can say what was seen.
    A campaign collected in rounds is one row for each: the later ones name the first.
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
        """The campaign that the rounds of this one are counted from; itself without rounds."""
        return self.round_of_id or self.id

    def mark_changed(self, by: str, at: datetime) -> None:
        """Note that somebody changed it: whoever edits what was before is told so."""
        self.version += 1
        self.changed_by, self.changed_at = by, at


class Expectation(TenantOwned, Base):
    """One unit of a campaign's tree, copied from the organisations when the campaign opens.

    So a later move, merger or new name never changes a past board or a past sum. `expected`
    is false for a unit released from reporting (免报), with the reason. `own_position` says
    that the place in the order was set for this campaign alone. `allocated` is the
    money passed down to the unit in fen, `households` its registered households, both as
    the city registered them.
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
    """延期报送: one organisation's own due and close in one campaign; the latest one counts."""

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

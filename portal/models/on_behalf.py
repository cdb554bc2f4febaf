"""Entries on behalf (代录): figures that the next union up enters for a unit."""

from datetime import datetime

from sqlalchemy import ForeignKeyConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.domain.campaign.calendar import in_words
from portal.models.base import Base, Instant, TenantOwned


class OnBehalfEntry(TenantOwned, Base):
    """One entry of figures, or one submission, for a unit by the next union up.

    `ground` is 来电, 传真 or 照片, `caller` the person of the unit who gave the figures. An entry
    without `OnBehalfItem` rows is a submission (代为上报). Until `confirmed_at` is set, the
    entered figures are marked wherever they are shown.
    """

    __tablename__ = "on_behalf_entry"
    __table_args__ = (
        ForeignKeyConstraint(
            ["organisation_id", "report_id"], ["report.organisation_id", "report.id"]
        ),
        UniqueConstraint("organisation_id", "id"),
        Index("ix_on_behalf_entry_report_id", "report_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int]
    ground: Mapped[str] = mapped_column(String(32))
    caller: Mapped[str] = mapped_column(String(100))
    entered_at: Mapped[datetime] = mapped_column(Instant)
    entered_by: Mapped[str] = mapped_column(String(100))
    entered_by_id: Mapped[int]
    confirmed_at: Mapped[datetime | None] = mapped_column(Instant)
    confirmed_by: Mapped[str] = mapped_column(String(100), default="")


class SoleHandling(TenantOwned, Base):
    """A second act among 代录, 代为上报, 审核通过 by the same person on one report.

    `act` is that act, `acts` names all acts of the person in words. `ground` is 单位已电话确认,
    with `caller` and `called_at`, or 已收盖章件. Until `confirmed_at` is set, it is marked
    wherever the report is shown.
    """

    __tablename__ = "sole_handling"
    __table_args__ = (
        ForeignKeyConstraint(
            ["organisation_id", "report_id"], ["report.organisation_id", "report.id"]
        ),
        Index("ix_sole_handling_report_id", "report_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int]
    submission: Mapped[int]
    act: Mapped[str] = mapped_column(String(16))
    acts: Mapped[str] = mapped_column(String(32))
    ground: Mapped[str] = mapped_column(String(32))
    caller: Mapped[str] = mapped_column(String(100))
    called_at: Mapped[datetime | None] = mapped_column(Instant)
    done_at: Mapped[datetime] = mapped_column(Instant)
    done_by: Mapped[str] = mapped_column(String(100))
    done_by_id: Mapped[int]
    confirmed_at: Mapped[datetime | None] = mapped_column(Instant)
    confirmed_by: Mapped[str] = mapped_column(String(100), default="")

    @property
    def assurance(self) -> str:
        """The unit's assurance in words: ``单位已电话确认：王主席，2027年……``."""
        if self.called_at is None:
            return self.ground
        return f"{self.ground}：{self.caller}，{in_words(self.called_at)}"


class OnBehalfItem(TenantOwned, Base):
    """One entered figure with its `version`; a later version is the unit's own figure."""

    __tablename__ = "on_behalf_item"
    __table_args__ = (
        ForeignKeyConstraint(
            ["organisation_id", "entry_id"],
            ["on_behalf_entry.organisation_id", "on_behalf_entry.id"],
        ),
    )

    entry_id: Mapped[int] = mapped_column(primary_key=True)
    item: Mapped[str] = mapped_column(String(8), primary_key=True)
    version: Mapped[int]

"""Entries on behalf (代录): what the upper union typed for a unit that could only call or fax."""

from datetime import datetime

from sqlalchemy import ForeignKeyConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.domain.campaign.calendar import in_words
from portal.models.base import Base, Instant, TenantOwned


class OnBehalfEntry(TenantOwned, Base):
    """One time that figures were entered, or the report submitted, for a unit.

    `ground` is 来电, 传真 or 照片, `caller` who of the unit gave the figures. An entry without
    `OnBehalfItem` is a submission (代为上报). Until
    `confirmed_at` what was entered is marked wherever it is shown.
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
    """One act by a person who had done another of 代录, 代为上报, 审核通过 for the unit already.

    `act` is the one that asked for it, `acts` names all of that person's in words. `ground` is
    单位已电话确认, with `caller` and `called_at`, or 已收盖章件. Until `confirmed_at` it is marked
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
        """How the unit stood behind it: ``单位已电话确认：王主席，2027年……``."""
        if self.called_at is None:
            return self.ground
        return f"{self.ground}：{self.caller}，{in_words(self.called_at)}"


class OnBehalfItem(TenantOwned, Base):
    """A figure of an entry: the `version` that was entered; a later version is the unit's own."""

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

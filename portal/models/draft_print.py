"""Draft prints (送审稿): a report's content when it was printed for signature, before 上报."""

from datetime import datetime

from sqlalchemy import ForeignKeyConstraint, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.base import Base, Instant, TenantOwned


class DraftPrint(TenantOwned, Base):
    """The `number`-th print of a report that was not submitted: its figures and their sha256."""

    __tablename__ = "draft_print"
    __table_args__ = (
        ForeignKeyConstraint(
            ["organisation_id", "report_id"], ["report.organisation_id", "report.id"]
        ),
    )

    report_id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    document: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(String(64))
    printed_at: Mapped[datetime] = mapped_column(Instant)
    printed_by: Mapped[str] = mapped_column(String(100))
    printed_by_id: Mapped[int]

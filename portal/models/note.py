"""Notes (备注): messages between the people of a report about one of its items."""

from datetime import datetime

from sqlalchemy import ForeignKeyConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.base import Base, Instant, TenantOwned

MAX_NOTE_LENGTH = 500


class ItemNote(TenantOwned, Base):
    """One note on one item of a report; rows are added and never changed."""

    __tablename__ = "item_note"
    __table_args__ = (
        ForeignKeyConstraint(
            ["organisation_id", "report_id"], ["report.organisation_id", "report.id"]
        ),
        Index("ix_item_note_report_id_item", "report_id", "item"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int]
    item: Mapped[str] = mapped_column(String(8))
    text: Mapped[str] = mapped_column(String(MAX_NOTE_LENGTH))
    author: Mapped[str] = mapped_column(String(100))
    author_id: Mapped[int]
    written_at: Mapped[datetime] = mapped_column(Instant)

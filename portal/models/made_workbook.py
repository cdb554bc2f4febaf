"""Made workbooks: a long export while it waits to be fetched."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, deferred, mapped_column

from portal.models.base import Base, Instant, TenantOwned


class MadeWorkbook(TenantOwned, Base):
    """A workbook that took a while to make; it is kept for an hour and made anew after that.

    In the database rather than in a file: another process may be asked for it.
    """

    __tablename__ = "made_workbook"
    __table_args__ = (Index("ix_made_workbook_organisation_id", "organisation_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    file_name: Mapped[str] = mapped_column(String(255))
    content: Mapped[bytes] = deferred(mapped_column(LargeBinary, nullable=False))
    made_at: Mapped[datetime] = mapped_column(Instant)
    made_by: Mapped[str] = mapped_column(String(100))

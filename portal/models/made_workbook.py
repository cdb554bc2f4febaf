"""Made workbooks: a long export, stored until it is downloaded."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, deferred, mapped_column

from portal.models.base import Base, Instant, TenantOwned


class MadeWorkbook(TenantOwned, Base):
    """A workbook that takes long to make; it is stored for an hour and made again after that.

    It is in the database, not in a file, since another process may serve the download.
    """

    __tablename__ = "made_workbook"
    __table_args__ = (Index("ix_made_workbook_organisation_id", "organisation_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    file_name: Mapped[str] = mapped_column(String(255))
    content: Mapped[bytes] = deferred(mapped_column(LargeBinary, nullable=False))
    made_at: Mapped[datetime] = mapped_column(Instant)
    made_by: Mapped[str] = mapped_column(String(100))

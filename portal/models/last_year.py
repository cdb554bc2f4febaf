"""Last year's figures that came from an old workbook (录入自旧表), where no campaign has them."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, ForeignKeyConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.base import Base, Instant, TenantOwned


class LastYearFigure(TenantOwned, Base):
    """What one unit reported a year before `campaign_id`, under the codes of its edition.

    A row says that the old workbook has the item, NULL that it is blank there. A calculated item
    has a row only where the workbook gives the sum without all of its parts. `version` grows by
    one with every change, each on the trail, and is 0 of an item that was always blank; `source`
    names the file and the cell, or who corrected it.
    """

    __tablename__ = "last_year_figure"
    __table_args__ = (
        ForeignKeyConstraint(
            ["campaign_id", "organisation_id"],
            ["expectation.campaign_id", "expectation.organisation_id"],
        ),
    )

    campaign_id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    item: Mapped[str] = mapped_column(String(8), primary_key=True)
    value: Mapped[int | None] = mapped_column(BigInteger)
    version: Mapped[int]
    source: Mapped[str] = mapped_column(String(200))
    saved_at: Mapped[datetime] = mapped_column(Instant)
    saved_by: Mapped[str] = mapped_column(String(100))

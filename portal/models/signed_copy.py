"""Signed copies (盖章件): the scans of the signed, stamped print, every one that ever came."""

from datetime import datetime

from sqlalchemy import ForeignKeyConstraint, LargeBinary, String
from sqlalchemy.orm import Mapped, deferred, mapped_column

from portal.models.base import Base, Instant, TenantOwned


class SignedPage(TenantOwned, Base):
    """One page of the `number`-th scan that a unit handed in for its report.

    `content` is what was kept of the file, `size` its bytes. A later scan takes the place of
    the one before and leaves it where it is; `SignedCopy` tells which one counts.
    """

    __tablename__ = "signed_page"
    __table_args__ = (
        ForeignKeyConstraint(
            ["organisation_id", "report_id", "submission"],
            ["submission.organisation_id", "submission.report_id", "submission.number"],
        ),
    )

    report_id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    page: Mapped[int] = mapped_column(primary_key=True)
    submission: Mapped[int]
    file_name: Mapped[str] = mapped_column(String(200))
    media_type: Mapped[str] = mapped_column(String(64))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    # read only where a page is fetched, never with a list of them
    content: Mapped[bytes] = deferred(mapped_column(LargeBinary, nullable=False))
    uploaded_at: Mapped[datetime] = mapped_column(Instant)
    uploaded_by: Mapped[str] = mapped_column(String(100))

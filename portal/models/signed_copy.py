"""Signed copies (盖章件): the scans of the signed, stamped print; every upload is kept."""

from datetime import datetime

from sqlalchemy import ForeignKeyConstraint, LargeBinary, String
from sqlalchemy.orm import Mapped, deferred, mapped_column

from portal.models.base import Base, Instant, TenantOwned


class SignedPage(TenantOwned, Base):
    """One page of the `number`-th scan that a unit uploaded for its report.

    `content` is the stripped file, `size` its length in bytes. A later scan replaces an earlier
    one, whose rows stay; `SignedCopy` refers to the one that counts.
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
    # deferred: loaded only when a page is downloaded, never with a list of pages
    content: Mapped[bytes] = deferred(mapped_column(LargeBinary, nullable=False))
    uploaded_at: Mapped[datetime] = mapped_column(Instant)
    uploaded_by: Mapped[str] = mapped_column(String(100))

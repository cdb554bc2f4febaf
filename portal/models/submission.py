"""Submissions: the whole form as it was at the moment of 上报, never altered afterwards."""

from datetime import datetime

from sqlalchemy import ForeignKeyConstraint, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.base import Base, Instant, TenantOwned


class Submission(TenantOwned, Base):
    """The `number`-th submission of a report: its canonical document and the sha256 of it.

    `nonce` is the page's own number for the click, so that a second click finds the first.
    """

    __tablename__ = "submission"
    __table_args__ = (
        ForeignKeyConstraint(
            ["organisation_id", "report_id"], ["report.organisation_id", "report.id"]
        ),
        UniqueConstraint("organisation_id", "report_id", "number"),
    )

    report_id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    document: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    submitted_at: Mapped[datetime] = mapped_column(Instant)
    submitted_by_id: Mapped[int]
    submitted_by: Mapped[str] = mapped_column(String(100))
    nonce: Mapped[str] = mapped_column(String(64))


class SignedCopy(TenantOwned, Base):
    """盖章件 of one submission: the `number`-th scan that was handed in counts (see `SignedPage`).

    `matched_at` is when a reviewer found the paper to say the same as the submission.
    """

    __tablename__ = "signed_copy"
    __table_args__ = (
        ForeignKeyConstraint(
            ["organisation_id", "report_id", "submission"],
            ["submission.organisation_id", "submission.report_id", "submission.number"],
        ),
    )

    report_id: Mapped[int] = mapped_column(primary_key=True)
    submission: Mapped[int] = mapped_column(primary_key=True)
    file_name: Mapped[str] = mapped_column(String(200))
    media_type: Mapped[str] = mapped_column(String(64))
    sha256: Mapped[str] = mapped_column(String(64))
    uploaded_at: Mapped[datetime] = mapped_column(Instant)
    uploaded_by: Mapped[str] = mapped_column(String(100))
    matched_at: Mapped[datetime | None] = mapped_column(Instant)
    matched_by: Mapped[str] = mapped_column(String(100), default="", server_default="")
    number: Mapped[int] = mapped_column(default=0, server_default="0")

"""Submissions: the whole form at the moment of 上报, never changed afterwards."""

from datetime import datetime

from sqlalchemy import ForeignKeyConstraint, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.base import Base, Instant, TenantOwned


class Submission(TenantOwned, Base):
    """The `number`-th submission of a report: its canonical document and that document's sha256.

    `nonce` identifies the click, so that a double click leads to the first submission.
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
    """盖章件 of one submission: the `number`-th uploaded scan counts (see `SignedPage`).

    `matched_at` is when a reviewer confirmed that the scan agrees with the submission.
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

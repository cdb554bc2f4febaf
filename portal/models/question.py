"""Questions (口径答疑): a unit's question about an item, and the city's answer to all units."""

from datetime import datetime

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.base import Base, Instant, TenantOwned

MAX_QUESTION_LENGTH = 500
MAX_ANSWER_LENGTH = 1000


class Question(TenantOwned, Base):
    """One unit's question about one item; only the unit and those above it can read it.

    `clarification_id` is the published answer, None while the question is open; a question that
    was answered privately has only `answered_at` and the `reply` to the unit.
    """

    __tablename__ = "question"
    __table_args__ = (
        ForeignKeyConstraint(
            ["campaign_id", "organisation_id"],
            ["expectation.campaign_id", "expectation.organisation_id"],
        ),
        Index("ix_question_campaign_id_item", "campaign_id", "item"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int]
    item: Mapped[str] = mapped_column(String(8))
    text: Mapped[str] = mapped_column(String(MAX_QUESTION_LENGTH))
    asked_at: Mapped[datetime] = mapped_column(Instant)
    asked_by: Mapped[str] = mapped_column(String(100))
    asked_by_id: Mapped[int]
    answered_at: Mapped[datetime | None] = mapped_column(Instant)
    answered_by: Mapped[str] = mapped_column(String(100), default="")
    reply: Mapped[str] = mapped_column(String(MAX_ANSWER_LENGTH), default="")
    clarification_id: Mapped[int | None] = mapped_column(ForeignKey("clarification.id"))


class Clarification(Base):
    """口径: one version of the city's statement about an item, published to every unit.

    It belongs to the campaign and names no unit, since no unit may learn who asked. `thread` is
    the id of the first version, None in the first version itself; a later `version` replaces an
    earlier one, which stays readable.
    """

    __tablename__ = "clarification"
    __table_args__ = (
        UniqueConstraint("thread", "version"),
        Index("ix_clarification_campaign_id_item", "campaign_id", "item"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    item: Mapped[str] = mapped_column(String(8))
    thread: Mapped[int | None]
    version: Mapped[int]
    question: Mapped[str] = mapped_column(String(MAX_QUESTION_LENGTH))
    answer: Mapped[str] = mapped_column(String(MAX_ANSWER_LENGTH))
    published_at: Mapped[datetime] = mapped_column(Instant)
    published_by: Mapped[str] = mapped_column(String(100))


class ClarificationReview(TenantOwned, Base):
    """A unit's confirmation that its figure agrees with a later clarification."""

    __tablename__ = "clarification_review"
    __table_args__ = (
        ForeignKeyConstraint(
            ["organisation_id", "report_id"], ["report.organisation_id", "report.id"]
        ),
    )

    report_id: Mapped[int] = mapped_column(primary_key=True)
    clarification_id: Mapped[int] = mapped_column(ForeignKey("clarification.id"), primary_key=True)
    reviewed_at: Mapped[datetime] = mapped_column(Instant)
    reviewed_by: Mapped[str] = mapped_column(String(100))

"""Reports: one organisation's filled form in one campaign, its figures and explanations."""

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    UniqueConstraint,
    false,
)
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.base import About, Base, Instant, TenantOwned


class Report(TenantOwned, Base):
    """One organisation's filled form; `state` is the only column for its place in its life.

    `came_from` is the state that a withdrawal returns to, `submissions` the number of
    submissions. `on_behalf_…` describe an entry by the next union up that the unit has not
    confirmed; `sole_handling` names in words what one person did alone among 代录, 代为上报 and
    审核通过, and is emptied when the unit confirms it. `includes_passed_down` is the answer of the
    city's own report to 本级筹集数是否含下拨各单位款项, None without an answer.
    """

    __tablename__ = "report"
    __table_args__ = (
        UniqueConstraint("organisation_id", "campaign_id"),
        UniqueConstraint("organisation_id", "id"),
        Index("ix_report_campaign_id_state", "campaign_id", "state"),
        CheckConstraint("state IN ('draft', 'submitted', 'returned', 'accepted')", name="state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    edition_id: Mapped[int] = mapped_column(ForeignKey("form_edition.id"))
    state: Mapped[str] = mapped_column(String(16), default="draft")
    came_from: Mapped[str] = mapped_column(String(16), default="draft")
    submissions: Mapped[int] = mapped_column(default=0)
    first_submitted_at: Mapped[datetime | None] = mapped_column(Instant)
    submitted_at: Mapped[datetime | None] = mapped_column(Instant)
    decided_at: Mapped[datetime | None] = mapped_column(Instant)
    decided_by: Mapped[str] = mapped_column(String(100), default="")
    zero_report: Mapped[bool] = mapped_column(default=False)
    saved_at: Mapped[datetime] = mapped_column(Instant)
    saved_by_id: Mapped[int]
    saved_by: Mapped[str] = mapped_column(String(100))
    on_behalf_by: Mapped[str] = mapped_column(String(100), default="")
    on_behalf_ground: Mapped[str] = mapped_column(String(32), default="")
    on_behalf_confirmed_at: Mapped[datetime | None] = mapped_column(Instant)
    includes_passed_down: Mapped[bool | None]
    sole_handling: Mapped[str] = mapped_column(String(32), default="", server_default="")

    @property
    def about(self) -> About:
        """What the trail says that an entry on this report is about."""
        return About(self.organisation_id, report_id=self.id)


def _of_report() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        ["organisation_id", "report_id"], ["report.organisation_id", "report.id"]
    )


class Figure(TenantOwned, Base):
    """The value of one leaf item: a count, or money in fen; NULL is blank.

    `version` increases with every write, so that a write against an older version is refused.
    """

    __tablename__ = "figure"
    __table_args__ = (_of_report(), {"sqlite_with_rowid": False})

    report_id: Mapped[int] = mapped_column(primary_key=True)
    item: Mapped[str] = mapped_column(String(8), primary_key=True)
    value: Mapped[int | None] = mapped_column(BigInteger)
    version: Mapped[int]
    saved_at: Mapped[datetime] = mapped_column(Instant)
    saved_by: Mapped[str] = mapped_column(String(100))


class Explanation(TenantOwned, Base):
    """The explanation of a query: a reason and words; it lapses when `numbers` change.

    `shared` (多项同一原因): the unit declared one cause for this item and others.
    """

    __tablename__ = "explanation"
    __table_args__ = (_of_report(),)

    report_id: Mapped[int] = mapped_column(primary_key=True)
    issue: Mapped[str] = mapped_column(String(64), primary_key=True)
    reason: Mapped[str] = mapped_column(String(32))
    words: Mapped[str] = mapped_column(String(500))
    numbers: Mapped[str] = mapped_column(String(400))
    shared: Mapped[bool] = mapped_column(default=False, server_default=false())
    explained_at: Mapped[datetime] = mapped_column(Instant)
    explained_by: Mapped[str] = mapped_column(String(100))


class SentBack(TenantOwned, Base):
    """One sending back (退回修改) or reopening (更正) of a submission, with its reason."""

    __tablename__ = "sent_back"
    __table_args__ = (_of_report(), UniqueConstraint("organisation_id", "id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int]
    move: Mapped[str] = mapped_column(String(16))
    submission: Mapped[int]
    reason: Mapped[str] = mapped_column(String(500))
    sent_at: Mapped[datetime] = mapped_column(Instant)
    sent_by: Mapped[str] = mapped_column(String(100))


class SentBackItem(TenantOwned, Base):
    """An item named in a sending back, with what is to be corrected."""

    __tablename__ = "sent_back_item"
    __table_args__ = (
        ForeignKeyConstraint(
            ["organisation_id", "sent_back_id"], ["sent_back.organisation_id", "sent_back.id"]
        ),
    )

    sent_back_id: Mapped[int] = mapped_column(primary_key=True)
    item: Mapped[str] = mapped_column(String(8), primary_key=True)
    reason: Mapped[str] = mapped_column(String(500), default="")


class ReturnAnswer(TenantOwned, Base):
    """The unit's answer to an item of a sending back: 已修改, 维持原数 or 已补附件.

    `item` is `*` for the answer to a return of the whole form.
    """

    __tablename__ = "return_answer"
    __table_args__ = (
        ForeignKeyConstraint(
            ["organisation_id", "sent_back_id"], ["sent_back.organisation_id", "sent_back.id"]
        ),
    )

    sent_back_id: Mapped[int] = mapped_column(primary_key=True)
    item: Mapped[str] = mapped_column(String(8), primary_key=True)
    answer: Mapped[str] = mapped_column(String(16))
    words: Mapped[str] = mapped_column(String(500))
    answered_at: Mapped[datetime] = mapped_column(Instant)
    answered_by: Mapped[str] = mapped_column(String(100))


class Batch(TenantOwned, Base):
    """A change of many figures at once (补“0”, 零报告, 粘贴, 导入), which can be undone as one."""

    __tablename__ = "batch"
    __table_args__ = (_of_report(),)

    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int]
    kind: Mapped[str] = mapped_column(String(32))
    made_at: Mapped[datetime] = mapped_column(Instant)
    made_by: Mapped[str] = mapped_column(String(100))
    undone_at: Mapped[datetime | None] = mapped_column(Instant)

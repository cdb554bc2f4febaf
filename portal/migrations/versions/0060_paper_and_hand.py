"""Paper and hand: draft prints, signed pages, entries on behalf, duties, questions"""

import sqlalchemy as sa
from alembic import op


revision = "0060"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "clarification",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("item", sa.String(length=8), nullable=False),
        sa.Column("thread", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("question", sa.String(length=500), nullable=False),
        sa.Column("answer", sa.String(length=1000), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_by", sa.String(length=100), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_clarification_campaign_id_campaign")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clarification")),
        sa.UniqueConstraint("thread", "version", name=op.f("uq_clarification_thread_version")),
    )
    with op.batch_alter_table("clarification", schema=None) as batch_op:
        batch_op.create_index(
            "ix_clarification_campaign_id_item", ["campaign_id", "item"], unique=False
        )

    op.create_table(
        "clarification_review",
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("clarification_id", sa.Integer(), nullable=False),
        sa.Column("reviewed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reviewed_by", sa.String(length=100), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["clarification_id"],
            ["clarification.id"],
            name=op.f("fk_clarification_review_clarification_id_clarification"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "report_id"],
            ["report.organisation_id", "report.id"],
            name=op.f("fk_clarification_review_organisation_id_report_id_report"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_clarification_review_organisation_id_organisation"),
        ),
        sa.PrimaryKeyConstraint(
            "report_id", "clarification_id", name=op.f("pk_clarification_review")
        ),
    )
    op.create_table(
        "draft_print",
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("printed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("printed_by", sa.String(length=100), nullable=False),
        sa.Column("printed_by_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "report_id"],
            ["report.organisation_id", "report.id"],
            name=op.f("fk_draft_print_organisation_id_report_id_report"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_draft_print_organisation_id_organisation"),
        ),
        sa.PrimaryKeyConstraint("report_id", "number", name=op.f("pk_draft_print")),
    )
    op.create_table(
        "duty",
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("item", sa.String(length=8), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("assigned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("assigned_by", sa.String(length=100), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id", "organisation_id"],
            ["expectation.campaign_id", "expectation.organisation_id"],
            name=op.f("fk_duty_campaign_id_organisation_id_expectation"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "user_id"],
            ["user.organisation_id", "user.id"],
            name=op.f("fk_duty_organisation_id_user_id_user"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_duty_organisation_id_organisation"),
        ),
        sa.PrimaryKeyConstraint("campaign_id", "organisation_id", "item", name=op.f("pk_duty")),
    )
    op.create_table(
        "on_behalf_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("ground", sa.String(length=32), nullable=False),
        sa.Column("caller", sa.String(length=100), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("entered_by", sa.String(length=100), nullable=False),
        sa.Column("entered_by_id", sa.Integer(), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_by", sa.String(length=100), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "report_id"],
            ["report.organisation_id", "report.id"],
            name=op.f("fk_on_behalf_entry_organisation_id_report_id_report"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_on_behalf_entry_organisation_id_organisation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_on_behalf_entry")),
        sa.UniqueConstraint(
            "organisation_id", "id", name=op.f("uq_on_behalf_entry_organisation_id_id")
        ),
    )
    with op.batch_alter_table("on_behalf_entry", schema=None) as batch_op:
        batch_op.create_index("ix_on_behalf_entry_report_id", ["report_id"], unique=False)

    op.create_table(
        "question",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("item", sa.String(length=8), nullable=False),
        sa.Column("text", sa.String(length=500), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by", sa.String(length=100), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by", sa.String(length=100), nullable=False),
        sa.Column("reply", sa.String(length=1000), nullable=False),
        sa.Column("clarification_id", sa.Integer(), nullable=True),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id", "organisation_id"],
            ["expectation.campaign_id", "expectation.organisation_id"],
            name=op.f("fk_question_campaign_id_organisation_id_expectation"),
        ),
        sa.ForeignKeyConstraint(
            ["clarification_id"],
            ["clarification.id"],
            name=op.f("fk_question_clarification_id_clarification"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_question_organisation_id_organisation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question")),
    )
    with op.batch_alter_table("question", schema=None) as batch_op:
        batch_op.create_index("ix_question_campaign_id_item", ["campaign_id", "item"], unique=False)

    op.create_table(
        "on_behalf_item",
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("item", sa.String(length=8), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "entry_id"],
            ["on_behalf_entry.organisation_id", "on_behalf_entry.id"],
            name=op.f("fk_on_behalf_item_organisation_id_entry_id_on_behalf_entry"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_on_behalf_item_organisation_id_organisation"),
        ),
        sa.PrimaryKeyConstraint("entry_id", "item", name=op.f("pk_on_behalf_item")),
    )
    op.create_table(
        "signed_page",
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("page", sa.Integer(), nullable=False),
        sa.Column("submission", sa.Integer(), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("media_type", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("uploaded_by", sa.String(length=100), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "report_id", "submission"],
            ["submission.organisation_id", "submission.report_id", "submission.number"],
            name=op.f("fk_signed_page_organisation_id_report_id_submission_submission"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_signed_page_organisation_id_organisation"),
        ),
        sa.PrimaryKeyConstraint("report_id", "number", "page", name=op.f("pk_signed_page")),
    )
    with op.batch_alter_table("signed_copy", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("matched_by", sa.String(length=100), server_default="", nullable=False)
        )
        batch_op.add_column(sa.Column("number", sa.Integer(), server_default="0", nullable=False))

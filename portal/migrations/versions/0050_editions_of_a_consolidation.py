"""Editions of a consolidation, frozen, reported upward, their changes acknowledged"""

import sqlalchemy as sa
from alembic import op


revision = "0050"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "consolidation_edition",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("scope", sa.String(length=16), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("counted", sa.String(length=64), nullable=False),
        sa.Column("frozen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("frozen_by_id", sa.Integer(), nullable=False),
        sa.Column("frozen_by", sa.String(length=100), nullable=False),
        sa.Column("nonce", sa.String(length=64), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "scope IN ('accepted', 'submitted')", name=op.f("ck_consolidation_edition_scope")
        ),
        sa.ForeignKeyConstraint(
            ["campaign_id"],
            ["campaign.id"],
            name=op.f("fk_consolidation_edition_campaign_id_campaign"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_consolidation_edition_organisation_id_organisation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consolidation_edition")),
        sa.UniqueConstraint(
            "organisation_id", "id", name=op.f("uq_consolidation_edition_organisation_id_id")
        ),
        sa.UniqueConstraint(
            "organisation_id",
            "campaign_id",
            "number",
            name=op.f("uq_consolidation_edition_organisation_id_campaign_id_number"),
        ),
        sa.UniqueConstraint(
            "organisation_id",
            "campaign_id",
            "nonce",
            name=op.f("uq_consolidation_edition_organisation_id_campaign_id_nonce"),
        ),
    )
    op.create_index(
        op.f("ix_consolidation_edition_sha256"), "consolidation_edition", ["sha256"], unique=False
    )
    op.create_index(op.f("ix_submission_sha256"), "submission", ["sha256"], unique=False)
    op.create_table(
        "upward_report",
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("remark", sa.String(length=200), nullable=False),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reported_by_id", sa.Integer(), nullable=False),
        sa.Column("reported_by", sa.String(length=100), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "edition_id"],
            ["consolidation_edition.organisation_id", "consolidation_edition.id"],
            name="fk_upward_report_edition",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_upward_report_organisation_id_organisation"),
        ),
        sa.PrimaryKeyConstraint("edition_id", name=op.f("pk_upward_report")),
    )
    op.create_table(
        "difference_acknowledgement",
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("difference", sa.String(length=64), nullable=False),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("acknowledged_by_id", sa.Integer(), nullable=False),
        sa.Column("acknowledged_by", sa.String(length=100), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "edition_id"],
            ["consolidation_edition.organisation_id", "consolidation_edition.id"],
            name="fk_difference_acknowledgement_edition",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_difference_acknowledgement_organisation_id_organisation"),
        ),
        sa.PrimaryKeyConstraint(
            "edition_id", "difference", name=op.f("pk_difference_acknowledgement")
        ),
    )

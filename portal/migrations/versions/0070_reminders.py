"""Reminders, and where people's mail is sent."""

import sqlalchemy as sa
from alembic import op

revision = "0070"
down_revision = "0040"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "user", sa.Column("email", sa.String(length=200), nullable=False, server_default="")
    )
    op.create_table(
        "reminder",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.String(length=100), nullable=False),
        sa.Column("moment", sa.String(length=16), nullable=True),
        sa.Column("recipient", sa.String(length=200), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("promised_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("nonce", sa.String(length=64), nullable=True),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id", "organisation_id"],
            ["expectation.campaign_id", "expectation.organisation_id"],
            name=op.f("fk_reminder_campaign_id_organisation_id_expectation"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_reminder_organisation_id_organisation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminder")),
        sa.UniqueConstraint(
            "organisation_id",
            "campaign_id",
            "moment",
            "recipient",
            name=op.f("uq_reminder_organisation_id_campaign_id_moment_recipient"),
        ),
        sa.UniqueConstraint(
            "organisation_id",
            "campaign_id",
            "nonce",
            name=op.f("uq_reminder_organisation_id_campaign_id_nonce"),
        ),
    )
    op.create_index(
        op.f("ix_reminder_campaign_id_organisation_id"),
        "reminder",
        ["campaign_id", "organisation_id"],
    )

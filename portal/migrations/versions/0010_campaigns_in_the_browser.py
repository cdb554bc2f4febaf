"""Campaigns in the browser: versions, rounds, announcements, and a trail that names them"""

import sqlalchemy as sa
from alembic import op


revision = "0010"
down_revision = "0070"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("campaign") as batch:
        batch.add_column(sa.Column("summary", sa.Text(), server_default="", nullable=False))
        batch.add_column(sa.Column("round_of_id", sa.Integer(), nullable=True))
        batch.add_column(
            sa.Column("round_name", sa.String(length=20), server_default="", nullable=False)
        )
        batch.add_column(sa.Column("version", sa.Integer(), server_default="1", nullable=False))
        batch.add_column(sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(
            sa.Column("changed_by", sa.String(length=100), server_default="", nullable=False)
        )
        batch.create_foreign_key(
            op.f("fk_campaign_round_of_id_campaign"), "campaign", ["round_of_id"], ["id"]
        )
    op.add_column(
        "expectation",
        sa.Column("own_position", sa.Boolean(), server_default=sa.false(), nullable=False),
    )
    op.add_column("trail", sa.Column("campaign_id", sa.Integer(), nullable=True))
    op.create_index(op.f("ix_trail_campaign_id"), "trail", ["campaign_id"])
    op.create_table(
        "announcement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=100), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("to_all", sa.Boolean(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("written_by", sa.String(length=100), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_by", sa.String(length=100), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_announcement_campaign_id_campaign")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_announcement")),
    )
    op.create_index(op.f("ix_announcement_campaign_id"), "announcement", ["campaign_id"])
    op.create_table(
        "delivery",
        sa.Column("announcement_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("read_by", sa.String(length=100), nullable=False),
        sa.ForeignKeyConstraint(
            ["announcement_id"],
            ["announcement.id"],
            name=op.f("fk_delivery_announcement_id_announcement"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_delivery_organisation_id_organisation"),
        ),
        sa.PrimaryKeyConstraint("announcement_id", "organisation_id", name=op.f("pk_delivery")),
    )
    op.create_index(op.f("ix_delivery_organisation_id"), "delivery", ["organisation_id"])

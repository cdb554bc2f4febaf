"""Last year's figures that came from an old workbook"""

import sqlalchemy as sa
from alembic import op

revision = "0100"
down_revision = "0120"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "last_year_figure",
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("item", sa.String(length=8), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("saved_by", sa.String(length=100), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id", "organisation_id"],
            ["expectation.campaign_id", "expectation.organisation_id"],
            name=op.f("fk_last_year_figure_campaign_id_organisation_id_expectation"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_last_year_figure_organisation_id_organisation"),
        ),
        sa.PrimaryKeyConstraint(
            "campaign_id", "organisation_id", "item", name=op.f("pk_last_year_figure")
        ),
    )

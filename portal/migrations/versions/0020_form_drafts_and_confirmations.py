"""Changes of a draft edition are counted; a confirmation says on what ground"""

import sqlalchemy as sa
from alembic import op


revision = "0020"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "form_edition",
        sa.Column("revision", sa.Integer(), server_default="1", nullable=False),
    )
    op.add_column(
        "item_confirmation",
        sa.Column("statement", sa.String(length=500), server_default="", nullable=False),
    )

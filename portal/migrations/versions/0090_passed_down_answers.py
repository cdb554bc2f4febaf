"""Passed-down answers: whether the giver's own report counts what it passed down"""

import sqlalchemy as sa
from alembic import op

revision = "0090"
down_revision = "0110"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("report", sa.Column("includes_passed_down", sa.Boolean(), nullable=True))

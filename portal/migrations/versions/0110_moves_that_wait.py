"""Moves that wait: a unit's next upper union, and into which one it was merged"""

import re

import sqlalchemy as sa
from alembic import op

revision = "0110"
down_revision = "0080"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("organisation") as batch:
        batch.add_column(sa.Column("merged_into_id", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("next_parent_id", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("move_planned_at", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(
            sa.Column("move_planned_by", sa.String(length=100), server_default="", nullable=False)
        )
        batch.add_column(sa.Column("move_planned_by_id", sa.Integer(), nullable=True))
        for column in ("merged_into_id", "next_parent_id"):
            batch.create_foreign_key(
                op.f(f"fk_organisation_{column}_organisation"), "organisation", [column], ["id"]
            )
    _tell_mergers(op.get_bind())


MERGED = re.compile(r"并入.*（([^（）]+)），转入用户 ")
"""What the trail said of a merger until now: its last name in brackets is the code."""


def _tell_mergers(connection: sa.Connection) -> None:
    """Read from the trail into which unit each closed one was merged."""
    merged = connection.exec_driver_sql(
        "SELECT o.id, t.note FROM organisation o JOIN trail t ON t.organisation_id = o.id "
        "WHERE o.closed_at IS NOT NULL AND t.action = 'organisation-merged' ORDER BY t.number"
    ).fetchall()
    for unit, note in merged:
        found = MERGED.search(note)
        if found:
            connection.execute(
                sa.text(
                    "UPDATE organisation SET merged_into_id = "
                    "(SELECT id FROM organisation WHERE code = :code AND id <> :unit) "
                    "WHERE id = :unit"
                ),
                {"code": found[1], "unit": unit},
            )

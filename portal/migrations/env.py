"""Alembic's environment: it runs on the connection that `portal.storage.schema` hands over."""

from typing import Any, Literal

from alembic import context

from portal.models import Base
from portal.models.base import Instant


def _plain_instants(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """Migrations outlive the code, so they name plain types only."""
    if kind == "type" and isinstance(item, Instant):
        return "sa.DateTime(timezone=True)"
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
    render_item=_plain_instants,
    compare_type=True,
)
context.run_migrations()

"""Saved filters (常用筛选): named choices of a part of a consolidation."""

from datetime import datetime

from sqlalchemy import JSON, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.base import Base, Instant, TenantOwned

MAX_FILTER_NAME_LENGTH = 30


class SavedFilter(TenantOwned, Base):
    """A named choice of scope, columns, kinds and sections of one organisation's consolidation.

    `user_id` is its owner, None if everybody at the organisation's desk uses it.
    """

    __tablename__ = "saved_filter"
    __table_args__ = (Index("ix_saved_filter_organisation_id", "organisation_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int | None]
    name: Mapped[str] = mapped_column(String(MAX_FILTER_NAME_LENGTH))
    scope: Mapped[str] = mapped_column(String(16))
    shows: Mapped[list[str]] = mapped_column(JSON)
    kinds: Mapped[list[str]] = mapped_column(JSON)
    sections: Mapped[list[int]] = mapped_column(JSON)
    saved_by: Mapped[str] = mapped_column(String(100))
    saved_at: Mapped[datetime] = mapped_column(Instant)

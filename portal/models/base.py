"""Shared by all tables: constraint names, the fence column `organisation_id`, exact instants."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import DateTime, Dialect, ForeignKey, MetaData, TypeDecorator
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column

from portal.domain.campaign.calendar import ZONE


class Base(DeclarativeBase):
    """The base of all models; constraints get names, so that migrations can name them too."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


@dataclass(frozen=True, slots=True)
class About:
    """What an entry of the trail is about: in whose chain it stands, which report or campaign."""

    organisation_id: int
    report_id: int | None = None
    campaign_id: int | None = None


class TenantOwned:
    """A row of one organisation; the fence hides it from every other organisation."""

    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=False)

    @property
    def about(self) -> About:
        """What the trail says that an entry on this row is about."""
        return About(self.organisation_id)

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:  # noqa: N805 - SQLAlchemy hands in the class
        """Put `organisation_id` into the WHERE of every flush: a forged key matches no row."""
        return {"version_id_col": cls.organisation_id, "version_id_generator": False}


class Instant(TypeDecorator[datetime]):
    """A moment, stored in UTC and returned at +08:00; naive values are refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Store UTC, on SQLite without the zone; raises `ValueError` for a naive value."""
        if value is None:
            return None
        moment = value.astimezone(UTC) if value.tzinfo else _refuse(value)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """Return the moment at +08:00."""
        if value is None:
            return None
        moment: datetime = value if value.tzinfo else value.replace(tzinfo=UTC)
        return moment.astimezone(ZONE)


def _refuse(value: datetime) -> datetime:
    raise ValueError(f"an instant needs its zone: {value!r}")

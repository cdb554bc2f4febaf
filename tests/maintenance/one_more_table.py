"""A program in which the tenants own one more table: `lamp`. It is run by `test_one_more_table`.

A model is known to the whole process, so it has one of its own.
"""

import json
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, insert, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.domain.campaign.calendar import ZONE
from portal.models import Base, TenantOwned


class Lamp(TenantOwned, Base):
    """What somebody adds to the models later."""

    __tablename__ = "lamp"

    id: Mapped[int] = mapped_column(primary_key=True)
    light: Mapped[str]


from portal.maintenance import (  # noqa: E402 - they read the models
    backup,
    copying,
    database_checks,
)
from portal.storage import schema  # noqa: E402 - they read the models

NOW = datetime(2027, 1, 20, 10, tzinfo=ZONE)
SERVANT = "city_app"
migrate = schema.command.upgrade


def migrate_further(config: Any, revision: str) -> None:
    """The migrations that are there, and the one that would come with the model."""
    migrate(config, revision)
    Base.metadata.tables["lamp"].create(config.attributes["connection"], checkfirst=True)


def light_lamps(connection: Connection) -> None:
    """One lamp for 鄂城, one for 葛店."""
    connection.exec_driver_sql("BEGIN")
    for code in ("echeng", "gedian"):
        owner = connection.scalar(text(f"SELECT id FROM organisation WHERE code = '{code}'"))
        connection.execute(insert(Lamp), [{"organisation_id": owner, "light": code}])
    connection.exec_driver_sql("COMMIT")


def main(file_url: str, owner_url: str, backup_file: str) -> None:
    """Put lamps into a city on the file, carry it to PostgreSQL, and back it up from there."""
    schema.command.upgrade = migrate_further  # type: ignore[assignment]
    for url in (file_url, owner_url):
        schema.upgrade(url, role=SERVANT)
    with copying.connected(file_url) as city:
        light_lamps(city)
    with copying.at_one_moment(file_url) as city, copying.connected(owner_url) as province:
        copying.carry(city, province, SERVANT)
        province.commit()
    with copying.at_one_moment(owner_url) as province:
        made = backup.back_up(province, Path(backup_file), NOW)
    faults = [fault for each in database_checks.engine_outcomes(owner_url) for fault in each.faults]
    sys.stdout.write(json.dumps({"rows": made.rows["lamp"], "faults": faults}))


if __name__ == "__main__":
    main(*sys.argv[1:])

"""Writes the migration of a changed model: ``python -m tests.new_migration "Duties: who fills"``.

An empty database is brought to the newest migration and compared with the models. What comes out
is a draft: read it, and let `tests/whole/test_migrations.py` compare it again.
"""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from alembic import command

from portal.storage import schema

STEP = 10
"""Numbers are left free between migrations that are written side by side."""


def write_migration(url: str, title: str) -> None:
    """Compare the models with an empty database at `url` once migrated, and write what differs.

    The guards are left out: they are made for every table of the models, the new one too.
    """
    newest = max(int(revision) for revision in schema.known_revisions())
    engine = schema.migration_engine(url)
    with engine.connect() as connection:
        config = schema.alembic_config(connection)
        command.upgrade(config, "head")
        command.revision(config, title, autogenerate=True, rev_id=f"{newest + STEP:04}")
    engine.dispose()


if __name__ == "__main__":
    with TemporaryDirectory() as folder:
        write_migration(f"sqlite:///{Path(folder) / 'migrated.sqlite3'}", sys.argv[1])

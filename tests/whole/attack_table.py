"""`python -m tests.whole.attack_table`: every attack × the walls × the engines, printed."""

import logging
import sys
import warnings
from contextlib import closing, nullcontext
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy.exc import SAWarning

from tests.engines import POSTGRESQL, SQLITE, running_postgresql
from tests.whole.battlefield import battlefield_on, drawn, in_short
from tests.whole.marked_city import found


def show(engine: str) -> None:
    """Make every attack on one engine and print what became of it."""
    with (
        TemporaryDirectory(prefix="portal-attacks-") as folder,
        running_postgresql() if engine == POSTGRESQL else nullcontext(),
    ):
        original = Path(folder, "original")
        found(original, engine)
        with closing(battlefield_on(engine, original, Path(folder, "city"))) as field:
            table = field.table(engine)
    sys.stdout.write(f"{engine}\n\n{drawn(table)}\n\n{in_short(table)}\n\n")


if __name__ == "__main__":
    logging.disable()
    warnings.simplefilter("ignore", SAWarning)
    for each in sys.argv[1:] or (SQLITE, POSTGRESQL):
        show(each)

"""``python -m portal``: the same commands where no ``portal`` stands on the path."""

from portal.cli import main

main()

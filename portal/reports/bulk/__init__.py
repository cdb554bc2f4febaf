"""Many figures of a report at once: pasted blocks and imported workbooks."""

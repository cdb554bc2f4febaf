"""Intake: what people paste, upload or list, read as figures, units and people."""

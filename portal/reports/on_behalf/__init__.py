"""Entering a report on behalf of a unit (代录)."""

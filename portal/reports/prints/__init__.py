"""Prints of a report: the draft for signature and the final paper."""

"""Workbooks: the xlsx files that the portal writes and reads."""

"""Maintenance: backup, restore, copy and verify an installation."""

"""A folder in memory, where the machine has one with room: tests make and remove many files."""

import os
import shutil
from pathlib import Path

MEMORY = Path("/dev/shm")
ROOMY = 4 * 1024**3
"""Bytes; a database takes ten millions, and every application that serves one has its own."""


def folder_in_memory() -> Path | None:
    """Where files are made without a disk; None where there is no such place, or no room in it."""
    roomy = MEMORY.is_dir() and shutil.disk_usage(MEMORY).free >= ROOMY
    return MEMORY if roomy and os.access(MEMORY, os.W_OK) else None

"""The shelf: a folder in which every backup is named by its moment and only the newest stay."""

import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from portal.maintenance.backup import BackupError

NAME = re.compile(r"portal-\d{8}-\d{6}\.zip")
"""What stands on the shelf; other files in the folder belong to somebody else."""


def place(folder: Path, at: datetime) -> Path:
    """Where the backup of this moment goes; raises `BackupError` when there is no such folder."""
    _require_folder(folder)
    return folder / f"portal-{at:%Y%m%d-%H%M%S}.zip"


def newest(folder: Path) -> Path:
    """The last backup on the shelf; raises `BackupError` when there is none."""
    if not (there := _backups(folder)):
        raise BackupError(f"{folder} 里没有备份（portal backup {folder} --keep N 写出的文件）。")
    return there[-1]


def drop_oldest(folder: Path, keep: int) -> Iterator[Path]:
    """Delete all but the `keep` newest backups; answers each one that went."""
    for old in _backups(folder)[:-keep]:
        old.unlink()
        yield old


def _backups(folder: Path) -> list[Path]:
    _require_folder(folder)
    return sorted(each for each in folder.iterdir() if NAME.fullmatch(each.name))


def _require_folder(folder: Path) -> None:
    if not folder.is_dir():
        raise BackupError(f"没有目录 {folder}，请先建好。")

"""Upgrading: the database brought to the newest structure, with a backup of what it was before."""

import shutil
from datetime import datetime
from pathlib import Path

from sqlalchemy import make_url

from portal.maintenance import backup, copying
from portal.settings import SettingError, Settings, make_instance
from portal.storage import schema

COPIES_AT_ONCE = 3
"""Sizes of the database that an upgrade needs at its height: the copy, the copy packed, and the
tables that a migration rebuilds."""

SPARE_BYTES = 64 * 1024 * 1024

OTHERWISE = "请用 pg_dump 等自行备份，再运行 portal init --no-backup。"


def prepare(settings: Settings, at: datetime, *, keep: bool = True) -> Path | None:
    """Make the folder and the database, or bring them up to date.

    Answers the backup of what was there before, None when nothing had to be migrated or `keep`
    says that the operator made one. Raises `SettingError` when the folder or the database cannot
    be written, or the backup cannot be made; nothing is migrated then.
    """
    make_instance(settings.instance)
    file = settings.database_file
    there = file is None or _is_there(file)
    kept = _kept(settings, at) if keep and there else None
    role = make_url(settings.database_url).username
    schema.upgrade(settings.owner_url, role=role)
    return kept


def _kept(settings: Settings, at: datetime) -> Path | None:
    try:
        return _back_up(settings, at)
    except copying.NotCarried as error:
        raise SettingError(f"没有做成升级前的备份，没有升级：{error}{OTHERWISE}") from error
    except OSError as error:
        raise SettingError(
            f"{settings.instance} 里写不进升级前的备份：{error.strerror}；没有升级。"
        ) from error


def _back_up(settings: Settings, at: datetime) -> Path | None:
    with copying.connected(settings.owner_url) as there:
        revision, size = schema.revision_of(there), schema.size_of(there)
    if revision not in schema.known_revisions()[1:]:
        return None  # nothing yet, the newest already, or newer than this program
    _require_room(settings.instance, size)
    with copying.at_one_moment(settings.owner_url) as there:
        return backup.back_up_into(settings.instance, f"before-upgrade-{revision}", there, at)


def _is_there(file: Path) -> bool:
    """Whether there is a database; raises `SettingError` where this user may not change it."""
    try:
        with file.open("r+b"):
            return True
    except FileNotFoundError:
        return False
    except OSError as error:
        raise SettingError(
            f"数据库文件 {file} 不能读写，请核对它的属主和权限：{error.strerror}。"
        ) from error


def _require_room(folder: Path, size: int) -> None:
    free, needed = shutil.disk_usage(folder).free, COPIES_AT_ONCE * size + SPARE_BYTES
    if free < needed:
        raise SettingError(
            f"{folder} 只剩 {free // 1024**2} MB，升级和升级前的备份约需 {needed // 1024**2} MB，"
            "请先腾出空间，或自行备份到别处后运行 portal init --no-backup；没有升级。"
        )

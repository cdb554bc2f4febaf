"""Commands that keep what a portal holds: back it up, put it back, carry it to PostgreSQL."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace as changed
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic

import click
from sqlalchemy import Connection, make_url

from portal import create_app
from portal.access import tenancy
from portal.cli.city import FILE, require_database
from portal.domain.campaign.calendar import ZONE, in_words
from portal.maintenance import backup, copying, restoration, shelf, verification
from portal.maintenance.database_checks import Outcome
from portal.settings import POSTGRESQL, SettingError, Settings, read_settings
from portal.storage import schema
from portal.storage.db import db


@click.command(
    "backup",
    help="把运行中的库备份成一个文件；文件已存在时不覆盖。"
    "给出 --keep 时 FILE 是目录：按时刻起名，只留最近的几份。",
)
@click.argument("file", type=FILE)
@click.option("--keep", type=click.IntRange(min=1), metavar="N", help="目录里只留最近 N 份")
def back_up(file: Path, keep: int | None) -> None:
    """Write a consistent copy of everything, whether the portal is serving or not."""
    settings = read_settings()
    require_database(settings)
    at = _now(settings)
    named = shelf.place(file, at) if keep else file
    with copying.at_one_moment(settings.owner_url) as source:
        made = backup.back_up(source, named, at)
    click.echo(f"已备份到 {named}：{made.holds}，校验码 {made.sha256[:12]}。")
    for old in shelf.drop_oldest(file, keep) if keep else ():
        click.echo(f"已删去旧备份 {old.name}。")


def _now(settings: Settings) -> datetime:
    return settings.fixed_now or datetime.now(ZONE)


@click.command(help="用备份文件恢复；库里有内容时须加 --replace，原来的内容另存一份。")
@click.argument("file", type=FILE)
@click.option("--replace", is_flag=True, help="替换库里现有的内容")
def restore(file: Path, replace: bool) -> None:
    """Put a backup back after checking everything in it."""
    settings = read_settings()
    require_database(settings)
    with backup.unpacked(file, settings.instance) as (manifest, database):
        _require_sound(
            changed(settings, database_url=f"sqlite:///{database}", database_admin_url=None),
            "备份没有通过核对，没有恢复",
        )
        kept = restoration.put_back(database, settings, replace=replace, at=_now(settings))
    made_at = in_words(datetime.fromisoformat(manifest.made_at))
    click.echo(f"已恢复 {made_at} 的备份：{manifest.holds}，核对全部正确。")
    if kept:
        click.echo(f"原来的内容另存为 {kept}；要退回时，用 portal restore --replace 恢复它。")


def _require_sound(settings: Settings, otherwise: str) -> None:
    """Raise `ValueError` unless everything holds that `portal verify` checks, seen as the owner."""
    with _looking_into(settings) as outcomes:
        faulty = [f"{each.name}（{each.faults[0]}）" for each in outcomes if each.faults]
    if faulty:
        raise ValueError(f"{otherwise}：{'、'.join(faulty)}。")


@contextmanager
def _looking_into(settings: Settings) -> Iterator[Iterator[Outcome]]:
    key = settings.secret_key or secrets.token_urlsafe(48)  # nobody is served
    app = create_app(changed(settings, as_owner=True, secret_key=key))
    with app.app_context():
        try:
            with tenancy.verifying() as session:
                yield verification.verify(session, settings.database_url)
        finally:
            db.engine.dispose()


@click.command(
    help="演练恢复：把最近一份备份恢复到临时的新库，全部核对，说明用时；正在用的库不动。"
)
@click.argument("source", metavar="FILE|FOLDER", type=FILE)
def drill(source: Path) -> None:
    """Restore a backup where nobody works, check everything in it, and tell how long it took."""
    settings = read_settings()
    file = shelf.newest(source) if source.is_dir() else source
    begun = monotonic()
    with TemporaryDirectory(prefix=".portal-drill-", dir=_room(settings)) as folder:
        manifest = _restored_aside(file, Path(folder))
    seconds = monotonic() - begun
    made_at = datetime.fromisoformat(manifest.made_at)
    hours = (_now(settings) - made_at).total_seconds() / 3600
    click.echo(f"{file}：{in_words(made_at)} 的备份，距今 {hours:.0f} 小时，{manifest.holds}。")
    click.echo(f"已恢复到新库，核对全部正确，用时 {seconds:.1f} 秒；新库已删去。")


def _room(settings: Settings) -> Path | None:
    """Where a copy may lie for a while: beside the database, or the system's own place."""
    return settings.instance if settings.instance.is_dir() else None


def _restored_aside(file: Path, folder: Path) -> backup.Manifest:
    """Restore a backup as `portal restore` does, into a new database below `folder`."""
    database_url = f"sqlite:///{folder / 'portal.sqlite3'}"
    aside = changed(read_settings({"PORTAL_INSTANCE": str(folder)}), database_url=database_url)
    schema.upgrade(database_url)
    with backup.unpacked(file, folder) as (manifest, database):
        restoration.put_back(database, aside, replace=False, at=_now(aside))
    _require_sound(aside, "备份恢复以后没有通过核对，不能依靠它")
    return manifest


@click.command("copy", help="把 SQLite 库的全部内容搬到空的 PostgreSQL 库；先停掉服务。")
@click.option("--to", "target", required=True, metavar="URL", help="postgresql+psycopg://…")
def carry_over(target: str) -> None:
    """Carry a filled SQLite city to an empty PostgreSQL database, all of it or nothing."""
    settings = read_settings()
    require_database(settings)
    owner, role = _owner_and_role(settings, target)
    with copying.alone(settings.database_url) as source:
        backup.require_newest(source)
        _carry(source, owner, role)
    _require_sound(changed(settings, database_url=owner), "目标库没有通过核对，不能使用")
    click.echo("已全部搬到目标库，逐行比对一致，核对全部正确。")
    click.echo(
        "接着把 PORTAL_DATABASE_URL 设为目标库的普通角色、PORTAL_DATABASE_ADMIN_URL 设为属主，"
        "运行一次 portal init，再启动服务；原来的 SQLite 文件没有改动。"
    )


def _owner_and_role(settings: Settings, target: str) -> tuple[str, str | None]:
    """The target as its owner reaches it, and the role that will serve pages if it is known."""
    if settings.on_postgresql:
        raise SettingError("PORTAL_DATABASE_URL 已经是 PostgreSQL；portal copy 只从 SQLite 搬出。")
    if not target.startswith(POSTGRESQL):
        raise click.BadParameter("应以 postgresql+psycopg:// 开头", param_hint="--to")
    owner = settings.database_admin_url or target
    to, of = make_url(target), make_url(owner)
    if (to.host, to.port, to.database) != (of.host, of.port, of.database):
        raise SettingError("--to 和 PORTAL_DATABASE_ADMIN_URL 不是同一个库。")
    return owner, to.username if to.username != of.username else None


def _carry(source: Connection, owner: str, role: str | None) -> None:
    with copying.connected(owner) as target:
        if strange := copying.strange_tables(target):
            raise ValueError(f"目标库里有别的表（{'、'.join(strange)}），没有搬。")
    schema.upgrade(owner, role=role)
    with copying.connected(owner) as target:
        copying.see_all(target)
        if any(copying.counted(target).values()):
            raise ValueError("目标库里已经有内容，没有搬。")
        copying.carry(source, target, role)
        target.commit()

"""Commands that set a portal up, fill it with the demonstration, serve it and check it."""

import os
from collections.abc import Iterable
from datetime import datetime

import click
from flask import Flask, current_app
from flask.cli import with_appcontext

from portal import create_app
from portal import demo as demonstration
from portal.access import tenancy
from portal.cli.city import now, require_database
from portal.cli.tables import print_table
from portal.domain.campaign.calendar import ZONE
from portal.maintenance import upgrading
from portal.settings import Settings, read_settings
from portal.storage import schema
from portal.storage.db import db
from portal.web import metrics_address, request_log


@click.command(help="新建或升级数据库；升级前自动备份；可以重复运行。")
@click.option("--no-backup", is_flag=True, help="升级前不备份，已经另行备份时用")
def init(no_backup: bool) -> None:
    """Create the instance folder and the database, or bring them up to date."""
    settings = read_settings()
    _prepare(settings, keep=not no_backup)
    click.echo(f"数据库已就绪：{settings.instance}")


def _prepare(settings: Settings, *, keep: bool = True) -> None:
    kept = upgrading.prepare(settings, settings.fixed_now or datetime.now(ZONE), keep=keep)
    if kept:
        click.echo(f"升级前的内容另存为 {kept}；要退回旧版程序时用它恢复。")


@click.command(help="装入演示城市；库里有别的内容时不装。")
@click.option("--password", help="所有演示账号的密码；不给时生成一个")
def demo(password: str | None) -> None:
    """Load the demonstration city and say how to sign in to it."""
    settings = read_settings()
    _prepare(settings)
    _load(create_app(settings), settings, password, keep=False)


def _load(app: Flask, settings: Settings, password: str | None, *, keep: bool) -> None:
    with app.app_context():
        try:
            there = demonstration.load(settings.instance, password, keep=keep, at=now())
            click.echo(f"地址：{settings.public_url}")
            if there:
                _introduce(demonstration.kept_password(settings.instance))
        finally:
            db.session.remove()
            db.engine.dispose()


def _introduce(password: str | None) -> None:
    heads = ("账号", "姓名", "单位", "角色")
    print_table([heads, *demonstration.accounts()])
    click.echo(f"密码（各账号相同）：{password or '未保存，可用 portal demo --password 重设'}")


def port_number(text: str) -> str:
    """The text of a port; anything else is wrong usage."""
    if not (text.isascii() and text.isdigit() and int(text) <= 65535):
        raise click.BadParameter(f"“{text}”应为 0 到 65535 的整数")
    return text


@click.command(help="启动服务。")
@click.option("--host", help="监听地址，默认 PORTAL_HOST 或 127.0.0.1")
@click.option("--port", type=port_number, metavar="PORT", help="端口，默认 PORTAL_PORT 或 8000")
@click.option("--demo", is_flag=True, help="库是空的时先装入演示城市，并说出演示账号")
def serve(host: str | None, port: str | None, demo: bool) -> None:
    """Serve the portal until told to stop."""
    from portal import server

    given = {"PORTAL_HOST": host, "PORTAL_PORT": port}
    chosen = {name: text for name, text in given.items() if text is not None}
    settings = read_settings({**os.environ, **chosen})
    if not demo:
        require_database(settings)
    with server.bound_socket(settings) as bound:  # before anything is made, and any account told
        app = _app_to_serve(settings, demo=demo)
        greeting = f"正在 {settings.public_url} 提供服务，按 Ctrl-C 停止。"
        with metrics_address.listening(app):
            server.serve(app, settings, bound, lambda: click.echo(greeting))


def _app_to_serve(settings: Settings, *, demo: bool) -> Flask:
    if demo:
        _prepare(settings)
    schema.require_writable(settings.database_url)
    if settings.fixed_now:
        click.echo(f"注意：时钟按 PORTAL_NOW 固定在 {settings.fixed_now}，仅供测试。", err=True)
    request_log.configure(settings)
    app = create_app(settings)
    if demo:
        _load(app, settings, None, keep=True)
    return app


@click.command(help="核对库里的一切：日志链、数、报送存档、外键等。")
@with_appcontext
def verify() -> None:
    """Check everything that can be checked; fails when anything does not hold."""
    from portal.maintenance import verification

    settings: Settings = current_app.config["PORTAL"]
    with tenancy.verifying() as session:
        wrong = [
            outcome.name
            for outcome in verification.verify(session, settings.owner_url)
            if not _told(outcome.name, outcome.looked_at, outcome.faults)
        ]
    if wrong:
        raise ValueError(f"核对没有通过：{'、'.join(wrong)}。")


def _told(name: str, looked_at: str, faults: tuple[str, ...]) -> bool:
    verdict = f"有误 {len(faults)} 处" if faults else "正确"
    click.echo(f"{name}：{looked_at}，{verdict}")
    _list(faults)
    return not faults


def _list(faults: Iterable[str]) -> None:
    for fault in faults:
        click.echo(f"  - {fault}")

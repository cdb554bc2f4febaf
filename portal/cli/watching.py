"""Commands that look at a portal that is running: whether it answers, and how it stands."""

import shutil
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlsplit

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy import func, select

from portal import __version__
from portal.access.identity import sign_in_door
from portal.access.tenancy import subtree
from portal.cli.city import now, published_campaigns
from portal.collection.assignment import Assignment
from portal.collection.board import filled_in, units_below
from portal.domain.campaign.board import Show, counts
from portal.domain.campaign.calendar import in_words
from portal.maintenance.database_checks import revision_and_size
from portal.models import Organisation, User
from portal.models.organisation import root_organisation
from portal.settings import WILDCARDS, Settings, read_settings
from portal.storage.db import db

TIMEOUT_SECONDS = 10


@click.command(help="向正在运行的服务询问 /healthz；正常时退出码为 0。")
def health() -> None:
    """Ask the process at PORTAL_HOST and PORTAL_PORT as its proxy would; raises `ValueError`."""
    settings = read_settings()
    where = f"{settings.host}:{settings.port}"
    host = "localhost" if settings.host in WILDCARDS else settings.host
    named = {"Host": urlsplit(settings.public_url).netloc}
    try:
        with closing(HTTPConnection(host, settings.port, timeout=TIMEOUT_SECONDS)) as there:
            there.request("GET", "/healthz", headers=named)
            status = there.getresponse().status
    except (OSError, HTTPException) as error:
        raise ValueError(f"{where} 没有回答，服务没有启动，或者正忙：{error}") from error
    if status != 200:
        raise ValueError(f"{where} 回答 {status}，服务有故障，原因看服务的日志。")
    click.echo(f"{where} 正常。")


@click.command(help="说明门户的现状：版本、数据库、空间、邮件、正在进行的填报任务。")
@with_appcontext
def status() -> None:
    """Print what an administrator asks first; reads only."""
    settings: Settings = current_app.config["PORTAL"]
    for line in (*_machine(settings), *_city()):
        click.echo(line)


def _machine(settings: Settings) -> Iterator[str]:
    free = shutil.disk_usage(settings.instance).free
    mail = f"{settings.post.host}:{settings.post.port}" if settings.post else "没有设置，不发邮件"
    yield f"版本：{__version__}"
    yield f"公开地址：{settings.public_url}"
    yield f"实例目录：{settings.instance}，所在磁盘还剩 {free // 1024**2:,} MB"
    yield f"数据库：{_database(settings)}"
    yield f"邮件服务器：{mail}"


def _database(settings: Settings) -> str:
    revision, size = revision_and_size(settings.database_url)
    kind = "PostgreSQL" if settings.on_postgresql else "SQLite"
    return f"{kind}，结构 {revision}，{size // 1024:,} KB"


def _city() -> Iterator[str]:
    units = db.session().scalar(select(func.count()).select_from(Organisation)) or 0
    with sign_in_door() as door:
        people = door.scalar(select(func.count(User.id)).where(User.disabled_at.is_(None))) or 0
    yield f"单位 {units:,} 个，可以登录的用户 {people:,} 个"
    root = root_organisation(db.session())
    running = published_campaigns(root) if root else []
    if root is None or not running:
        yield "没有已发布的填报任务"
        return
    for assignment in running:
        yield _collected(root, assignment)


def _collected(root: Organisation, assignment: Assignment) -> str:
    campaign = assignment.campaign
    with subtree(root) as session:
        filled = filled_in(session, campaign)
        told = counts(units_below(session, assignment, now(), filled))
    return (
        f"{campaign.name}（{campaign.code}）：应报 {told[Show.EXPECTED]} 家，"
        f"已报 {told[Show.SUBMITTED]} 家，报送截止 {in_words(campaign.due)}"
    )

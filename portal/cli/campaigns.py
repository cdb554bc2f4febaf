"""Commands on campaigns."""

from datetime import datetime
from pathlib import Path

import click
from flask.cli import AppGroup
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.access import tenancy
from portal.cli.city import now, operator
from portal.cli.rosters import Listing, read_expected
from portal.cli.tables import print_table
from portal.collection import moves, opening
from portal.collection.opening import Listed, Plan
from portal.domain.campaign.calendar import Dates, Status, hour_meant, in_words, read_instant
from portal.models import Campaign, FormEdition
from portal.models.campaign import campaign_by_code
from portal.models.form import edition_of
from portal.register import units
from portal.storage.db import db, writing


def moment(text: str) -> datetime:
    """The instant that `text` names; anything else is wrong usage."""
    return _read(text, "due")


def first_moment(text: str) -> datetime:
    """As `moment`; a day without an hour counts from its beginning."""
    return _read(text, "opens")


def _read(text: str, field: str) -> datetime:
    try:
        return read_instant(text, hour_meant(field))
    except ValueError as error:
        raise click.BadParameter(str(error)) from error


def edition_name(text: str) -> tuple[str, str]:
    """The form and the version that `text` names: ``songwennuan@2027.1``."""
    form, _, version = text.partition("@")
    if not (form and version):
        raise click.BadParameter(f"“{text}”应写成 songwennuan@2027.1 的样子")
    return form, version


@click.group(cls=AppGroup, help="填报任务：新建、发布、列出。")
def campaign() -> None:
    """Hold the commands on campaigns."""


@campaign.command(
    help="新建填报任务，作为草稿。日期不写钟点时，填报开始为 0:00，截止和停止为 17:30。"
)
@click.argument("code")
@click.option("--form", "edition", required=True, type=edition_name, metavar="ID@VERSION")
@click.option("--name", required=True, help="名称，如 2027年春节送温暖")
@click.option("--opens", required=True, type=first_moment, metavar="TIME", help="填报开始")
@click.option("--due", required=True, type=moment, metavar="TIME", help="报送截止")
@click.option("--closes", required=True, type=moment, metavar="TIME", help="停止填报")
@click.option(
    "--expect",
    required=True,
    metavar="all|FILE",
    help="应报单位：all 为全部，或名单文件（xlsx、csv、txt：代码，可有口径、下拨资金、建档户数）",
)
@click.option("--previous", metavar="CODE", help="上年的填报任务")
@click.option("--notice", default="", help="通知文号")
@click.option("--period", default="", help="统计时段")
@click.option("--contact", default="", help="联系方式")
def create(
    code: str,
    edition: tuple[str, str],
    name: str,
    opens: datetime,
    due: datetime,
    closes: datetime,
    expect: str,
    previous: str | None,
    notice: str,
    period: str,
    contact: str,
) -> None:
    """Create a draft campaign with its expected units."""
    dates = Dates(opens, due, closes)
    expected = None if expect == "all" else read_expected(Path(expect))
    with tenancy.opening() as door, writing(door) as session:
        plan = Plan(
            code=code,
            name=name,
            edition=_edition(session, *edition),
            dates=dates,
            previous=_campaign(session, previous) if previous else None,
            notice_number=notice,
            period=period,
            contact=contact,
        )
        _create(session, plan, expected)
        session.commit()
    for remark in expected[0].remarks if expected else ():
        click.echo(remark)
    click.echo(f"已新建填报任务 {code}（草稿）：{name}")
    for label, instant in (("填报开始", opens), ("报送截止", due), ("停止填报", closes)):
        click.echo(f"  {label} {in_words(instant)}")
    click.echo(f"核对后运行 portal campaign open {code} 发布。")


def _edition(session: Session, form: str, version: str) -> FormEdition:
    edition = edition_of(session, form, version)
    if edition is None:
        raise ValueError(f"没有表样 {form}@{version}，请先用 portal form import 导入。")
    return edition


def _campaign(session: Session, code: str) -> Campaign:
    found = campaign_by_code(session, code)
    if found is None:
        raise ValueError(f"没有填报任务 {code}。")
    return found


def _create(session: Session, plan: Plan, expected: tuple[Listing, list[Listed]] | None) -> None:
    try:
        listed = expected[1] if expected else None
        opening.create_campaign(session, plan, listed, by=operator(), at=now())
    except units.NotFounded as refused:
        reasons = expected[0].objections(refused.objections) if expected else str(refused)
        raise ValueError(f"没有新建填报任务，名单有误：{reasons}。") from refused


@campaign.command("open", help="发布填报任务：从这时起各单位按起止时间填报。")
@click.argument("code")
def open_one(code: str) -> None:
    """Open a draft campaign with the tree as it is now."""
    moves.carry_out_due(now())
    with tenancy.opening() as door, writing(door) as session:
        found = _campaign(session, code)
        expected = opening.open_campaign(session, found, by=operator(), at=now())
        session.commit()
    click.echo(f"已发布填报任务 {code}：{found.name}，应报单位 {expected.sentence}。")


@campaign.command("list", help="列出填报任务。")
def show_all() -> None:
    """Print every campaign, the last one due first."""
    found = db.session().scalars(select(Campaign).order_by(Campaign.due.desc(), Campaign.id)).all()
    head = ("代码", "名称", "状态", "填报开始", "报送截止", "停止填报")
    rows = [
        (
            each.code,
            each.name,
            Status(each.status).label,
            *(f"{when:%Y-%m-%d %H:%M}" for when in (each.opens, each.due, each.closes)),
        )
        for each in found
    ]
    print_table([head, *rows])

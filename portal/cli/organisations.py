"""Commands on union bodies."""

import sys
from pathlib import Path

import click
from flask.cli import AppGroup

from portal.access import tenancy
from portal.cli.city import FILE, now, operator
from portal.cli.rosters import read_units
from portal.cli.tables import print_table
from portal.models.organisation import KINDS, organisations_below, root_organisation
from portal.register import units as founding
from portal.storage.db import db, writing
from portal.workbooks.roster import roster_workbook


@click.group(cls=AppGroup, help="单位：名单模板、导入、列出。")
def organisation() -> None:
    """Hold the commands on organisations."""


@organisation.command(
    "import",
    help="导入单位名单（xlsx、csv、txt，列：代码 名称 类型 上级代码 排序号 联系人 电话）。",
)
@click.argument("file", type=FILE)
def import_file(file: Path) -> None:
    """Put the units that a file lists into the tree, all or none."""
    listing, units = read_units(file)
    with tenancy.opening() as door, writing(door) as session:
        try:
            new = founding.found_organisations(session, units, by=operator(), at=now())
        except founding.NotFounded as refused:
            reasons = listing.objections(refused.objections)
            raise ValueError(f"{file.name} 没有导入：{reasons}。") from refused
        session.commit()
    for remark in listing.remarks:
        click.echo(remark)
    click.echo(f"已导入 {len(new)} 个单位，原有 {len(units) - len(new)} 个不变。")


@organisation.command(
    "template",
    with_appcontext=False,
    help="写出空的单位名单（xlsx），类型一列有下拉选择；FILE 写 - 时写到标准输出。",
)
@click.argument("file", type=FILE)
def write_template(file: Path) -> None:
    """Write a workbook to fill in; it needs no database, and covers nothing up."""
    workbook = roster_workbook((), ())
    if str(file) == "-":  # where the shell may write and the service's user may not
        sys.stdout.buffer.write(workbook)
        sys.stdout.buffer.flush()
    else:
        _write_new(file, workbook)
    for line in (
        "“单位”一页一行一个单位，市总的上级代码留空；类型有：",
        "、".join(KINDS),
        "填好后运行 portal organisation import；“人员”一页供登录以后在网页上导入。",
    ):
        click.echo(line, err=str(file) == "-")


def _write_new(file: Path, content: bytes) -> None:
    try:
        with file.open("xb") as stream:
            stream.write(content)
    except FileExistsError as error:
        raise ValueError(f"{file} 已经存在，没有覆盖；请换一个文件名。") from error


@organisation.command("list", help="列出单位。")
def show_all() -> None:
    """Print the tree of units in the city's order."""
    session = db.session()
    root = root_organisation(session)
    units = organisations_below(session, root.path) if root else ()
    codes = {each.id: each.code for each in units}
    head = ("代码", "名称", "类型", "上级代码", "排序号", "状态")
    rows = [
        (
            each.code,
            each.name,
            each.kind,
            codes.get(each.parent_id or 0, ""),
            str(each.position),
            "已撤销" if each.closed_at else "",
        )
        for each in units
    ]
    print_table([head, *rows])

"""Commands on union bodies."""

from pathlib import Path

import click
from flask.cli import AppGroup

from portal.access import tenancy
from portal.cli.city import FILE, now, operator
from portal.cli.rosters import read_units
from portal.register import units as founding
from portal.storage.db import writing


@click.group(cls=AppGroup, help="单位：导入。")
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

"""Commands on form editions."""

import json
import sys
from importlib.resources import files
from pathlib import Path
from typing import Any

import click
from flask.cli import AppGroup
from sqlalchemy import select

from portal.access import tenancy
from portal.cli.city import now, operator
from portal.models import FormEdition
from portal.models.form import edition_of
from portal.register import editions
from portal.storage.db import db, writing


@click.group(cls=AppGroup, help="表样：导入、发布、导出。")
def form() -> None:
    """Hold the commands on forms."""


@form.command(
    "import",
    help="导入一个版次的表样，作为草稿；--publish 同时发布。"
    "可以是 JSON 文件，也可以是随程序带来的版次，如 songwennuan@2027.1。",
)
@click.argument("source", metavar="FILE|ID@VERSION")
@click.option("--publish", is_flag=True, help="导入后即发布")
def import_file(source: str, publish: bool) -> None:
    """Keep the form of a file, or one that comes with the program, as a draft edition."""
    document = _document(Path(source)) if Path(source).exists() else _shipped(source)
    with tenancy.opening() as door, writing(door) as session:
        edition = editions.import_edition(session, document, by=operator(), at=now())
        if publish:
            editions.publish_edition(session, edition, by=operator(), at=now())
        session.commit()
    _tell(edition)


def _shipped(name: str) -> dict[str, Any]:
    """An edition that comes with the program; raises `ValueError` with the names of all."""
    there = {
        "@".join(each.name.removesuffix(".json").rsplit("-", 1)): each
        for each in (files("portal") / "editions").iterdir()
    }
    if name not in there:
        known = "、".join(sorted(there))
        raise ValueError(f"文件 {name} 打不开，随程序带来的版次里也没有它；带来的有 {known}。")
    document: dict[str, Any] = json.loads(there[name].read_text(encoding="utf-8"))
    return document


def _document(file: Path) -> dict[str, Any]:
    try:
        document = json.loads(file.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise ValueError(f"文件 {file} 打不开。") from error
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{file.name} 不是 JSON 文件：{error}。") from error
    if not isinstance(document, dict):
        raise ValueError(f"{file.name} 不是表样。")
    return document


def _tell(edition: FormEdition) -> None:
    state = "已发布，不能再改" if edition.published_at else "草稿"
    click.echo(f"表样 {edition.form}@{edition.version} {edition.title}：{state}。")


@form.command(help="发布一个版次；发布后不能再改。")
@click.argument("form_id", metavar="ID")
@click.argument("version")
def publish(form_id: str, version: str) -> None:
    """Publish an edition that is kept as a draft."""
    with tenancy.opening() as door, writing(door) as session:
        edition = edition_of(session, form_id, version)
        if edition is None:
            raise ValueError(f"没有表样 {form_id}@{version}。")
        editions.publish_edition(session, edition, by=operator(), at=now())
        session.commit()
    _tell(edition)


@form.command(help="导出表样（JSON，原样）；不写版次时导出最近导入的一个。")
@click.argument("form_id", metavar="[ID]", required=False)
@click.argument("version", required=False)
def export(form_id: str | None, version: str | None) -> None:
    """Write an edition to standard output, byte for byte as it is kept."""
    wanted = select(FormEdition.document).order_by(FormEdition.id.desc()).limit(1)
    if form_id:
        wanted = wanted.where(FormEdition.form == form_id)
    if version:
        wanted = wanted.where(FormEdition.version == version)
    session = db.session()
    document = session.scalar(wanted)
    if document is None:
        raise ValueError("没有这样的表样。" if form_id else "还没有表样。")
    sys.stdout.buffer.write(document.encode())
    sys.stdout.buffer.flush()

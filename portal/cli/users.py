"""Commands on people's accounts."""

import click
from flask.cli import AppGroup
from sqlalchemy import select

from portal.access import passwords, throttle
from portal.access.identity import sign_in_door
from portal.cli.city import now, operator
from portal.cli.tables import print_table
from portal.domain.passwords import canonical_username, weakness
from portal.models import Organisation, User
from portal.models.organisation import organisation_by_code
from portal.models.user import ROLE_LABELS, Role
from portal.register import people
from portal.settings import MAIL_ADDRESS
from portal.storage.db import writing


def role_named(text: str) -> Role:
    """The role by its code or by the union's word for it; another one is wrong usage."""
    for role, label in ROLE_LABELS.items():
        if text in (role.value, label):
            return role
    known = "、".join(f"{role.value}（{label}）" for role, label in ROLE_LABELS.items())
    raise click.BadParameter(f"没有角色“{text}”，可用的是 {known}")


def mail_address(text: str) -> str:
    """A mail address, or nothing; anything else is wrong usage."""
    if text and not MAIL_ADDRESS.fullmatch(text):
        raise click.BadParameter(f"“{text}”不是电子邮箱，应如 name@example.cn")
    return text


@click.group(cls=AppGroup, help="用户：新建、设密码、列出。")
def user() -> None:
    """Hold the commands on users."""


@user.command(help="新建用户；不给密码时生成一个一次性密码并显示。首次登录须改密码。")
@click.argument("username")
@click.option("--organisation", required=True, metavar="CODE", help="单位代码")
@click.option("--name", required=True, help="姓名")
@click.option(
    "--role",
    "roles",
    required=True,
    multiple=True,
    type=role_named,
    metavar="ROLE",
    help="角色，可多个",
)
@click.option("--email", default="", type=mail_address, metavar="ADDRESS", help="电子邮箱，催报用")
@click.option("--password", help="密码")
def create(
    username: str,
    organisation: str,
    name: str,
    roles: tuple[Role, ...],
    email: str,
    password: str | None,
) -> None:
    """Create a user who changes the password at the first sign-in."""
    username = canonical_username(username)
    given = _chosen(password, username, organisation)
    password_hash = passwords.hash_password(given)
    with sign_in_door() as door, writing(door) as session:
        unit = organisation_by_code(session, organisation)
        if unit is None:
            raise ValueError(f"没有代码为“{organisation}”的单位。")
        made = people.add_user(
            session,
            unit,
            username=username,
            name=name,
            roles=roles,
            password_hash=password_hash,
            email=email,
            by=operator(),
            at=now(),
        )
        session.commit()
    click.echo(f"已新建用户 {made.username}（{made.name}，{unit.name}）。首次登录须改密码。")
    _show(password, given)


@user.command("password", help="重设密码；不给密码时生成一个一次性密码并显示。原有登录全部退出。")
@click.argument("username")
@click.option("--password", help="密码")
def set_password(username: str, password: str | None) -> None:
    """Set a user's password, to be changed at the next sign-in."""
    username = canonical_username(username)
    with sign_in_door() as door:
        found = door.execute(
            select(User, Organisation.code)
            .join(Organisation, Organisation.id == User.organisation_id)
            .where(User.username == username)
        ).first()
        if found is None:
            raise ValueError(f"没有用户名为“{username}”的用户。")
        given = _chosen(password, username, found.code)
        password_hash = passwords.hash_password(given)
        with writing(door) as session:
            account = session.scalars(select(User).where(User.username == username)).one()
            people.give_password(session, account, password_hash, by=operator(), at=now())
            throttle.forget(session, username, now())
            session.commit()
    click.echo(f"已重设 {username} 的密码，下次登录须改密码。")
    _show(password, given)


def _chosen(password: str | None, username: str, organisation: str) -> str:
    if password is None:
        return passwords.one_time_password()
    if weak := weakness(password, username, organisation):
        raise ValueError(weak)
    return password


def _show(asked: str | None, given: str) -> None:
    if asked is None:
        click.echo(f"一次性密码：{given}")


@user.command("list", help="列出用户；--organisation 只列一个单位的。")
@click.option("--organisation", metavar="CODE", help="单位代码")
def show_all(organisation: str | None) -> None:
    """Print who has an account, by unit; no password and no telephone."""
    wanted = select(User, Organisation.code).join(
        Organisation, Organisation.id == User.organisation_id
    )
    if organisation:
        wanted = wanted.where(Organisation.code == organisation)
    with sign_in_door() as door:
        found = door.execute(wanted.order_by(Organisation.code, User.username)).all()
    head = ("用户名", "姓名", "单位", "角色", "电子邮箱", "状态")
    rows = [
        (account.username, account.name, code, _duties(account), account.email, _state(account))
        for account, code in found
    ]
    print_table([head, *rows])


def _duties(account: User) -> str:
    return "、".join(ROLE_LABELS[Role(role)] for role in account.roles)


def _state(account: User) -> str:
    if account.disabled_at:
        return "已停用"
    return "首次登录须改密码" if account.must_change_password else ""

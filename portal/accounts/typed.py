"""The fields about a person as an administrator typed them, with a sentence for each problem."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from werkzeug.datastructures import MultiDict

from portal.domain.characters import objection, shown, taken_out, without_unseen
from portal.domain.intake.roster import folded
from portal.domain.passwords import canonical_username
from portal.domain.seen import mark_of
from portal.models import User
from portal.models.user import Role
from portal.register.units import wrong_name
from portal.settings import MAIL_ADDRESS

MAX_PHONE_LENGTH = 50


@dataclass(frozen=True, slots=True)
class Typed:
    """A person's account as typed; `problems` has a sentence for each field that is refused.

    `said` names the invisible characters that were removed; empty when none were.
    """

    username: str = ""
    name: str = ""
    phone: str = ""
    email: str = ""
    roles: tuple[Role, ...] = ()
    seen: str = ""
    said: str = ""
    problems: Mapping[str, str] = field(default_factory=dict)


def read(form: MultiDict[str, str], *, username: bool = False, roles: bool = True) -> Typed:
    """Read the fields of a form; `username` and `roles` say whether the form has them."""
    typed = Typed(
        username=folded(form.get("new_username", "")),
        name=without_unseen(form.get("name", "")),
        phone=without_unseen(form.get("phone", "")),
        email=folded(without_unseen(form.get("email", ""))),
        roles=_roles(form.getlist("roles")),
        seen=form.get("seen", ""),
        said=taken_out(*(form.get(name, "") for name in ("name", "phone", "email"))),
    )
    problems = dict(_problems(typed, username=username, roles=roles))
    visible = replace(typed, name=shown(typed.name), phone=shown(typed.phone))
    return with_problems(visible, problems)


def with_problems(typed: Typed, problems: Mapping[str, str]) -> Typed:
    """A copy with these problems."""
    return replace(typed, problems=problems)


def _roles(typed: Iterable[str]) -> tuple[Role, ...]:
    wanted = set(typed)
    return tuple(role for role in Role if role.value in wanted)


def _problems(typed: Typed, *, username: bool, roles: bool) -> Iterable[tuple[str, str]]:
    if username:
        try:
            canonical_username(typed.username)
        except ValueError as wrong:
            yield "username", str(wrong)
    if sentence := wrong_name(typed.name):
        yield "name", f"{sentence}。"
    if sentence := objection(typed.phone):
        yield "phone", f"电话{sentence}。"
    elif len(typed.phone) > MAX_PHONE_LENGTH:
        yield "phone", f"电话不能超过 {MAX_PHONE_LENGTH} 字。"
    if typed.email and not MAIL_ADDRESS.fullmatch(typed.email):
        yield "email", "电子邮箱应如 name@example.cn，没有就不填。"
    if roles and not typed.roles:
        yield "roles", "请至少选择一个角色。"


def as_stored(user: User) -> Typed:
    """The account of a user as a form shows it."""
    roles = tuple(Role(role) for role in user.roles)
    return Typed(user.username, user.name, user.phone, user.email, roles, mark(user))


def mark(user: User) -> str:
    """The fingerprint of the user's fields that a page shows; a change of one changes it."""
    return mark_of(user.name, user.phone, user.email, *user.roles)

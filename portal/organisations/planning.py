"""Planning an import: what each line of a roster would change, before anything is written."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.access.identity import Person
from portal.domain.characters import objection
from portal.domain.intake.roster import Line, Roster
from portal.domain.passwords import canonical_username
from portal.domain.seen import mark_of
from portal.models import Organisation, User
from portal.models.organisation import organisations_below
from portal.models.user import ROLE_LABELS, Role
from portal.register.units import CODE, CODE_RULE, MAX_DEPTH, Unit, wrong_name, wrong_words

MAX_ROWS = 5_000
"""Units, and people, in one roster."""


class Outcome(StrEnum):
    """What importing a line would do."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    WRONG = "wrong"

    @property
    def label(self) -> str:
        """The outcome in one word."""
        return {"new": "新增", "changed": "修改", "same": "不变", "wrong": "错误"}[self.value]


@dataclass(frozen=True, slots=True)
class Step:
    """One line and its outcome: changes as old and new values, problems with their cells."""

    line: Line
    title: str
    outcome: Outcome
    changes: Sequence[tuple[str, str, str]] = ()
    problems: Sequence[tuple[str, str]] = ()

    @property
    def said(self) -> Sequence[tuple[str, str]]:
        """The cells that were read with a correction, each with a sentence."""
        return [(self.line.cell(name), sentence) for name, sentence in self.line.said.items()]


@dataclass(frozen=True, slots=True)
class UnitStep(Step):
    """A unit as typed, and the existing unit if there is one."""

    unit: Unit = field(kw_only=True)
    standing: Organisation | None = field(kw_only=True, default=None)


@dataclass(frozen=True, slots=True)
class PersonStep(Step):
    """A person as typed, and the existing account if there is one."""

    username: str = field(kw_only=True)
    name: str = field(kw_only=True)
    phone: str = field(kw_only=True)
    roles: tuple[Role, ...] = field(kw_only=True)
    code: str = field(kw_only=True)
    account: User | None = field(kw_only=True, default=None)


@dataclass(frozen=True)
class Plan:
    """What an import would do; a single wrong line stops all of it."""

    units: Sequence[UnitStep]
    people: Sequence[PersonStep]

    @cached_property
    def steps(self) -> Sequence[Step]:
        """Units first, then people, in the file's order."""
        return [*self.units, *self.people]

    @cached_property
    def counts(self) -> Mapping[Outcome, int]:
        """How many lines of each outcome."""
        outcomes = [step.outcome for step in self.steps]
        return {outcome: outcomes.count(outcome) for outcome in Outcome}

    @property
    def is_sound(self) -> bool:
        """Whether no line is wrong."""
        return not self.counts[Outcome.WRONG]

    @property
    def does_something(self) -> bool:
        """Whether the import would write anything."""
        return bool(self.counts[Outcome.NEW] + self.counts[Outcome.CHANGED])

    @cached_property
    def mark(self) -> str:
        """The fingerprint of everything that the plan would do, which detects a changed plan."""
        return mark_of(
            *(f"{step.line.cell('')} {step.outcome} {step.changes!r}" for step in self.steps)
        )


def plan(session: Session, here: Organisation, roster: Roster, by: Person) -> Plan:
    """What importing `roster` at `here` would do now; the session sees all accounts."""
    return _Planning(session, here, roster, by).plan()


class _Planning:
    """A roster compared with what exists in the subtree of one organisation."""

    def __init__(self, session: Session, here: Organisation, roster: Roster, by: Person) -> None:
        self.roster = roster
        self.by = by
        self.units = {unit.code: unit for unit in organisations_below(session, here.path)}
        self.codes = set(session.scalars(select(Organisation.code)))
        self.by_id = {unit.id: unit for unit in self.units.values()}
        self.accounts = {user.username: user for user in session.scalars(select(User))}
        self.parents = {line["code"]: line["parent"] for line in roster.units}
        self.first: dict[str, Line] = {}
        self.seen_users: dict[str, Line] = {}

    def plan(self) -> Plan:
        """Every line with its outcome."""
        units = [step for line in self.roster.units if (step := self.unit(line))]
        self.founded = {step.unit.code for step in units if step.outcome is not Outcome.WRONG}
        return Plan(units, [self.person(line) for line in self.roster.people])

    def unit(self, line: Line) -> UnitStep | None:
        """The step of a unit's line; None where it repeats an earlier line."""
        code = line["code"]
        before = self.first.setdefault(code, line)
        if before is not line and before.texts == line.texts:
            return None
        standing = self.units.get(code)
        unit = Unit(
            code,
            line["name"],
            line["kind"],
            line["parent"],
            line["position"],
            self._kept(line, "contact", standing.contact if standing else ""),
            self._kept(line, "phone", standing.phone if standing else ""),
        )
        problems = _with_cells(line, self.objections(line, unit))
        changes = () if standing is None else tuple(self.unit_changes(unit, standing))
        if standing and changes:
            problems += [
                (line.cell(name), sentence) for name, sentence in self.refusals(unit, standing)
            ]
        return UnitStep(
            line,
            f"{unit.name}（{code}）",
            _outcome(problems, is_new=standing is None, changes=changes),
            changes,
            problems,
            unit=unit,
            standing=standing,
        )

    @staticmethod
    def _kept(line: Line, name: str, standing: str) -> str:
        return line[name] if line.has(name) else standing

    def objections(self, line: Line, unit: Unit) -> Iterator[tuple[str, str]]:
        """The problems of a unit as typed."""
        if not CODE.fullmatch(unit.code):
            yield "code", f"代码“{unit.code}”{CODE_RULE}"
        elif self.first[unit.code] is not line:
            yield "code", f"与第 {self.first[unit.code].row} 行是同一个代码，内容却不同"
        elif unit.code in self.codes and unit.code not in self.units:
            yield "code", f"代码 {unit.code} 已经有单位用了"
        yield from wrong_words(unit)
        if unit.code not in self.units:
            yield from self.misplaced(unit)

    def misplaced(self, unit: Unit) -> Iterator[tuple[str, str]]:
        """Why a new unit cannot be created below the parent that it names."""
        above = self.units.get(unit.parent)
        if above is None and unit.parent not in self.parents:
            yield "parent", f"没有代码为“{unit.parent}”的上级单位"
            return
        if above and above.closed_at:
            yield "parent", f"上级单位{above.name}已关闭"
        levels, at = 1, unit.parent
        while at not in self.units and at in self.parents and levels <= MAX_DEPTH:
            levels, at = levels + 1, self.parents[at]
        top = self.units.get(at)
        if levels + (top.path.count("/") - 1 if top else 0) > MAX_DEPTH:
            yield "parent", f"上级关系成了循环，或者超过 {MAX_DEPTH} 级"

    def unit_changes(self, unit: Unit, standing: Organisation) -> Iterator[tuple[str, str, str]]:
        """The fields in which the file differs from the existing unit."""
        above = self.by_id.get(standing.parent_id or 0)
        pairs = (
            ("名称", standing.name, unit.name),
            ("类型", standing.kind, unit.kind),
            ("上级代码", above.code if above else unit.parent, unit.parent),
            ("排序号", str(standing.position), unit.position.lstrip("0") or unit.position[:1]),
            ("联系人", standing.contact, unit.contact),
            ("电话", standing.phone, unit.phone),
        )
        yield from ((name, old, new) for name, old, new in pairs if old != new)

    def refusals(self, unit: Unit, standing: Organisation) -> Iterator[tuple[str, str]]:
        """Why an existing unit cannot be changed like this."""
        changed = {name for name, _, _ in self.unit_changes(unit, standing)}
        if standing.closed_at:
            yield "code", "单位已关闭，不能修改"
        if "上级代码" in changed:
            yield "parent", "名单不能改上级，请在单位页用“移动”"
        own = standing.id == self.by.organisation.id and standing.parent_id
        if own and changed & {"名称", "类型", "排序号"}:
            yield "code", "本单位的名称、类型和排序号由上级工会修改"

    def person(self, line: Line) -> PersonStep:
        """The step of a person's line."""
        try:
            username = canonical_username(line["username"])
        except ValueError:
            username = ""
        account = self.accounts.get(username)
        roles, unknown = _roles(line["roles"])
        phone = self._kept(line, "phone", account.phone if account else "")
        problems = _with_cells(
            line,
            (
                *self.person_objections(line, username, roles, unknown, phone),
                *(self.account_refusals(line, account, roles) if account else ()),
            ),
        )
        changes = (
            ()
            if account is None or problems
            else tuple(_person_changes(account, line["name"], phone, roles))
        )
        return PersonStep(
            line,
            f"{line['name']}（{username or line['username']}）",
            _outcome(problems, is_new=account is None, changes=changes),
            changes,
            problems,
            username=username,
            name=line["name"],
            phone=phone,
            roles=roles,
            code=line["code"],
            account=account,
        )

    def person_objections(
        self, line: Line, username: str, roles: Sequence[Role], unknown: Sequence[str], phone: str
    ) -> Iterator[tuple[str, str]]:
        """The problems of a person as typed."""
        if not username:
            yield "username", "用户名须为 2 至 64 位的字母、数字或 _ . - ，并以字母或数字开头"
        elif self.seen_users.setdefault(username, line) is not line:
            yield "username", f"用户名与第 {self.seen_users[username].row} 行重复"
        if sentence := wrong_name(line["name"]):
            yield "name", sentence
        if sentence := objection(phone):
            yield "phone", f"电话{sentence}"
        elif len(phone) > 50:
            yield "phone", "电话不能超过 50 字"
        if unknown:
            known = "、".join(ROLE_LABELS.values())
            yield "roles", f"没有角色“{'、'.join(unknown)}”，应为{known}"
        elif not roles:
            yield "roles", "至少要有一个角色"
        home = self.units.get(line["code"])
        if home is None and line["code"] not in self.founded:
            yield "code", f"没有代码为“{line['code']}”的单位"
        elif home and home.closed_at:
            yield "code", f"{home.name}已关闭"

    def account_refusals(
        self, line: Line, account: User, roles: Sequence[Role]
    ) -> Iterator[tuple[str, str]]:
        """Why an existing account cannot be changed like this."""
        home = self.by_id.get(account.organisation_id)
        if home is None:
            yield "username", f"用户名 {account.username} 已经有人用了"
            return
        if home.code != line["code"]:
            yield "code", f"这个用户属于{home.name}，名单不能换单位"
        taken = set(account.roles) - {role.value for role in roles}
        if account.id == self.by.id and list(roles) != account.roles:
            yield "roles", "不能修改自己的角色"
        elif home.parent_id is None and Role.ADMIN in taken:
            yield "roles", "最上级单位的管理员请在用户页里改"


def _with_cells(line: Line, objections: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """A line's problems with their cells; an unreadable cell hides its other problems."""
    wrong = line.wrong.items()
    more = [(name, sentence) for name, sentence in objections if name not in line.wrong]
    return [(line.cell(name), sentence) for name, sentence in (*wrong, *more)]


def _outcome(problems: Sequence[object], *, is_new: bool, changes: Sequence[object]) -> Outcome:
    if problems:
        return Outcome.WRONG
    if is_new:
        return Outcome.NEW
    return Outcome.CHANGED if changes else Outcome.SAME


_ROLE_NAMES = {label: role for role, label in ROLE_LABELS.items()} | {
    role.value: role for role in Role
}


def _roles(text: str) -> tuple[tuple[Role, ...], Sequence[str]]:
    """The roles in a text, and its words that name none."""
    words = [word for word in re.split(r"[、,，;；/\s]+", text) if word]
    found = {_ROLE_NAMES[word] for word in words if word in _ROLE_NAMES}
    return tuple(role for role in Role if role in found), [
        word for word in words if word not in _ROLE_NAMES
    ]


def _person_changes(
    account: User, name: str, phone: str, roles: Sequence[Role]
) -> Iterator[tuple[str, str, str]]:
    pairs = (
        ("姓名", account.name, name),
        ("电话", account.phone, phone),
        ("角色", _labels(map(Role, account.roles)), _labels(roles)),
    )
    yield from ((what, old, new) for what, old, new in pairs if old != new)


def _labels(roles: Iterator[Role] | Sequence[Role]) -> str:
    return "、".join(ROLE_LABELS[role] for role in roles)

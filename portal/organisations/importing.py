"""Importing a roster: writes everything in its plan in one transaction, or nothing."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from portal.access import links
from portal.access.actor import Actor
from portal.access.identity import Person
from portal.access.links import HandOut
from portal.access.passwords import NO_PASSWORD
from portal.collection.moves import hold_tree
from portal.domain.intake.roster import Roster
from portal.domain.report_state import NotAllowedNow
from portal.models import Organisation, User
from portal.models.base import About
from portal.models.organisation import add_organisations, organisations_below
from portal.models.trail import Entry, record_everywhere
from portal.models.trail_actions import Action, EntryChannel
from portal.models.user import ROLE_LABELS
from portal.organisations.planning import Outcome, PersonStep, Plan, UnitStep, plan
from portal.register.units import Unit

Told = tuple[About, Entry]


def import_roster(
    session: Session, here: Organisation, roster: Roster, mark: str, *, by: Person, at: datetime
) -> list[HandOut]:
    """Carry out the plan with this mark; returns the new people's one-time links.

    The session sees all accounts. Raises `NotAllowedNow` (409) when the plan differs from the one
    shown: somebody has changed units or people since.
    """
    hold_tree(session)
    doing = plan(session, here, roster, by)
    if not doing.does_something:
        raise NotAllowedNow("名单里没有需要导入的改动，多半刚才已经导入过了。")
    if doing.mark != mark or not doing.is_sound:
        raise NotAllowedNow("预览以后单位或用户又有改动，什么都没有导入。请看过现在的预览再确认。")
    told = [*_units(session, here, doing.units)]
    homes = {unit.code: unit for unit in organisations_below(session, here.path)}
    new, said = _people(session, doing.people, homes, at)
    told += said
    told.append((here.about, Entry(Action.ROSTER_IMPORTED, note=_summary(doing))))
    session.flush()
    founder = Actor(by.name, by.id, EntryChannel.IMPORT)
    record_everywhere(session, told, by=founder, at=at)
    return links.make_links(session, new, by=founder, at=at)


def _summary(doing: Plan) -> str:
    return (
        f"单位 {len(doing.units)} 行、人员 {len(doing.people)} 行："
        f"新增 {doing.counts[Outcome.NEW]}，修改 {doing.counts[Outcome.CHANGED]}"
    )


def _units(session: Session, here: Organisation, steps: Sequence[UnitStep]) -> list[Told]:
    """Change and found the units; answers what is to be recorded of it."""
    changed = [
        _change(step.standing, step)
        for step in steps
        if step.standing and step.outcome is Outcome.CHANGED
    ]
    session.flush()
    new = [step.unit for step in steps if step.outcome is Outcome.NEW]
    return changed + [_founded(unit) for unit in _found(session, here, new)]


def _change(unit: Organisation, step: UnitStep) -> Told:
    typed = step.unit
    unit.name, unit.kind, unit.position = typed.name, typed.kind, int(typed.position)
    unit.contact, unit.phone = typed.contact, typed.phone
    return unit.about, _changed(Action.ORGANISATION_CHANGED, step)


def _found(session: Session, here: Organisation, units: Sequence[Unit]) -> list[Organisation]:
    """Add the units level by level, so that each finds the one above it."""
    known = {unit.code: unit for unit in organisations_below(session, here.path)}
    founded: list[Organisation] = []
    waiting = list(units)
    while waiting:
        ready = [unit for unit in waiting if unit.parent in known]
        pairs = [(known[unit.parent], _organisation(unit)) for unit in ready]
        level = add_organisations(session, pairs)
        founded += level
        known |= {one.code: one for one in level}
        waiting = [unit for unit in waiting if unit.code not in known]
    return founded


def _organisation(unit: Unit) -> Organisation:
    return Organisation(
        code=unit.code,
        name=unit.name,
        kind=unit.kind,
        position=int(unit.position),
        contact=unit.contact,
        phone=unit.phone,
    )


def _founded(unit: Organisation) -> Told:
    note = f"{unit.name}（{unit.code}）"
    return About(unit.parent_id or unit.id), Entry(Action.ORGANISATION_ADDED, note=note)


def _changed(action: Action, step: UnitStep | PersonStep) -> Entry:
    return Entry(
        action,
        old="，".join(f"{what} {old or '（空）'}" for what, old, _ in step.changes)[:500],
        new="，".join(f"{what} {new or '（空）'}" for what, _, new in step.changes)[:500],
        note=step.title,
    )


def _people(
    session: Session,
    steps: Sequence[PersonStep],
    homes: dict[str, Organisation],
    at: datetime,
) -> tuple[list[tuple[User, Organisation]], list[Told]]:
    """Open and change accounts; answers the new ones with their homes, and what to record."""
    new: list[tuple[User, Organisation]] = []
    entries: list[Told] = []
    for step in steps:
        home, roles = homes[step.code], [role.value for role in step.roles]
        if step.account and step.outcome is Outcome.CHANGED:
            step.account.name, step.account.phone, step.account.roles = step.name, step.phone, roles
            entries.append((home.about, _changed(Action.USER_CHANGED, step)))
        elif step.outcome is Outcome.NEW:
            user = User(
                organisation_id=home.id,
                username=step.username,
                name=step.name,
                phone=step.phone,
                roles=roles,
                password_hash=NO_PASSWORD,
                must_change_password=True,
                created_at=at,
            )
            new.append((user, home))
            duties = "、".join(ROLE_LABELS[role] for role in step.roles)
            note = f"{links.named(user)}，{duties}"
            entries.append((home.about, Entry(Action.USER_CREATED, note=note)))
    session.add_all([user for user, _ in new])
    session.flush()
    return new, entries

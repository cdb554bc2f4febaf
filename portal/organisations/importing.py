"""Importing a roster: everything that its plan says, in one transaction, or nothing."""

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

Told = tuple[About, Entry]


def import_roster(
    session: Session, here: Organisation, roster: Roster, mark: str, *, by: Person, at: datetime
) -> list[HandOut]:
    """Do what the plan with this mark says; answers the one-time links of the new people.

    The session sees all accounts. Raises `NotAllowedNow` when the plan is not what was shown:
    somebody has changed units or people since.
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
    """Found and change the units; answers what is to be recorded of it."""
    entries: list[Told] = []
    for step in steps:
        if step.standing and step.outcome is Outcome.CHANGED:
            unit = step.standing
            unit.name, unit.kind, unit.position = (
                step.unit.name,
                step.unit.kind,
                int(step.unit.position),
            )
            unit.contact, unit.phone = step.unit.contact, step.unit.phone
            entries.append((unit.about, _changed(Action.ORGANISATION_CHANGED, step)))
    session.flush()
    known = {unit.code: unit for unit in organisations_below(session, here.path)}
    waiting = [step.unit for step in steps if step.outcome is Outcome.NEW]
    while waiting:
        # level by level, so that each finds the one above it
        ready = [unit for unit in waiting if unit.parent in known]
        founded = add_organisations(
            session,
            [
                (
                    known[unit.parent],
                    Organisation(
                        code=unit.code,
                        name=unit.name,
                        kind=unit.kind,
                        position=int(unit.position),
                        contact=unit.contact,
                        phone=unit.phone,
                    ),
                )
                for unit in ready
            ],
        )
        entries += [
            (
                About(one.parent_id or one.id),
                Entry(Action.ORGANISATION_ADDED, note=f"{one.name}（{one.code}）"),
            )
            for one in founded
        ]
        known |= {one.code: one for one in founded}
        waiting = [unit for unit in waiting if unit.code not in known]
    return entries


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

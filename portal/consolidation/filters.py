"""Saved filters: choices saved by name, for oneself or for the organisation's whole desk."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, or_, select
from sqlalchemy.orm import Session

from portal.access.identity import Person
from portal.access.rules import NotYourRole
from portal.consolidation.choice import Choice, kept_choice
from portal.consolidation.node import ConsolidationScope
from portal.domain.consolidation.placement import Scope
from portal.models import SavedFilter
from portal.models.base import About
from portal.models.saved_filter import MAX_FILTER_NAME_LENGTH
from portal.models.trail import record
from portal.models.trail_actions import Action
from portal.models.user import Role

MAX_FILTERS = 20
"""Saved filters of one person, or of one desk, at one organisation."""

_known = (
    select(SavedFilter)
    .where(or_(SavedFilter.user_id.is_(None), SavedFilter.user_id == bindparam("user_id")))
    .order_by(SavedFilter.name, SavedFilter.id)
)


@dataclass(frozen=True, slots=True)
class NamedFilter:
    """A saved filter for the page: its URL, and whether this person may remove it."""

    name: str
    shared: bool
    scope: Scope
    choice: Choice
    removable: bool


def may_share(person: Person, organisation_id: int) -> bool:
    """Whether a person may save filters for the whole desk: reviewers and admins at home."""
    at_home = person.organisation.id == organisation_id
    return at_home and bool(person.roles & {Role.REVIEWER, Role.ADMIN})


def filters_of(session: Session, node: ConsolidationScope, person: Person) -> list[NamedFilter]:
    """The filters that this person can use at the organisation, by name."""
    shares = may_share(person, node.tree.node.organisation_id)
    return [
        NamedFilter(
            name=kept.name,
            shared=kept.user_id is None,
            scope=Scope(kept.scope),
            choice=kept_choice(node, kept.shows, kept.kinds, kept.sections),
            removable=kept.user_id is not None or shares,
        )
        for kept in _filters(session, person)
    ]


def _filters(session: Session, person: Person) -> Sequence[SavedFilter]:
    return session.scalars(_known, {"user_id": person.id}).all()


def refuse_name(name: str) -> str | None:
    """Why a filter cannot have this name, as a sentence; None when it can."""
    if not name:
        return "请给这个筛选起个名称，例如“各区 筹集与慰问”。"
    if len(name) > MAX_FILTER_NAME_LENGTH:
        return f"名称有 {len(name)} 字，请不超过 {MAX_FILTER_NAME_LENGTH} 字。"
    return None


def save(
    session: Session,
    node: ConsolidationScope,
    choice: Choice,
    name: str,
    *,
    shared: bool,
    by: Person,
    at: datetime,
) -> str | None:
    """Save `choice` under `name`; returns a sentence where that is refused, else None.

    Saving the same choice under the same name changes nothing. Raises `NotYourRole` (403) when
    somebody shares who may not.
    """
    organisation_id = node.tree.node.organisation_id
    if shared and not may_share(by, organisation_id):
        raise NotYourRole("只有本单位的审核人或管理员可以保存本单位共用的筛选。")
    owner = None if shared else by.id
    own = [kept for kept in _filters(session, by) if kept.user_id == owner]
    if same := [kept for kept in own if kept.name == name]:
        return None if _kept(same[0]) == _wanted(node, choice) else _TAKEN
    if len(own) >= MAX_FILTERS:
        return f"已经保存了 {MAX_FILTERS} 个筛选，请先删除不用的。"
    scope, shows, kinds, sections = _wanted(node, choice)
    session.add(
        SavedFilter(
            organisation_id=organisation_id,
            user_id=owner,
            name=name,
            scope=scope,
            shows=shows,
            kinds=kinds,
            sections=sections,
            saved_by=by.name,
            saved_at=at,
        )
    )
    session.flush()
    record(session, Action.FILTER_SAVED, About(organisation_id), by=by, at=at, new=name)
    return None


_TAKEN = "已有同名的筛选而内容不同，没有覆盖。请换一个名称，或先删除原来的。"
_Kept = tuple[str, list[str], list[str], list[int]]


def _wanted(node: ConsolidationScope, choice: Choice) -> _Kept:
    return (node.scope.value, sorted(choice.shows), list(choice.kinds), list(choice.sections))


def _kept(row: SavedFilter) -> _Kept:
    return (row.scope, row.shows, row.kinds, row.sections)


def remove(session: Session, name: str, *, shared: bool, by: Person, at: datetime) -> bool:
    """Delete the filter of that name; returns False where there is none, as after a second click.

    Raises `NotYourRole` (403) for a shared one where the person may not share.
    """
    owner = None if shared else by.id
    own = (each for each in _filters(session, by) if each.user_id == owner)
    kept = next((each for each in own if each.name == name), None)
    if kept is None:
        return False
    if shared and not may_share(by, kept.organisation_id):
        raise NotYourRole("只有本单位的审核人或管理员可以删除本单位共用的筛选。")
    session.delete(kept)
    record(session, Action.FILTER_REMOVED, kept.about, by=by, at=at, new=kept.name)
    return True

"""Queries on form editions: their data, who uses them, their trail."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.domain.drafting.difference import Difference, difference
from portal.domain.drafting.document import Document
from portal.domain.drafting.readiness import Readiness, readiness
from portal.domain.form.form import Form, parse_form
from portal.models import Campaign, FormEdition, ItemConfirmation, TrailEntry
from portal.models.form import edition_of
from portal.models.trail_actions import Action

EDITION_ACTIONS = (
    Action.FORM_ADDED,
    Action.FORM_COPIED,
    Action.FORM_CHANGED,
    Action.FORM_PUBLISHED,
    Action.ITEMS_CONFIRMED,
)
MAX_ENTRIES = 20
"""Trail entries on an edition's page."""


@dataclass(frozen=True)
class Opened:
    """One edition with its document, its confirmations and the campaigns that use it."""

    edition: FormEdition
    confirmations: dict[str, ItemConfirmation]
    campaigns: Sequence[Campaign]

    @cached_property
    def document(self) -> Document:
        """The edition's data."""
        document: Document = json.loads(self.edition.document)
        return document

    @cached_property
    def form(self) -> Form:
        """The form that the document describes."""
        return parse_form(self.document)

    @property
    def is_draft(self) -> bool:
        """Whether the edition can still be changed."""
        return self.edition.published_at is None

    @property
    def name(self) -> str:
        """The edition's name for the trail."""
        return named(self.edition)

    @cached_property
    def unconfirmed(self) -> list[str]:
        """The codes of reconstructed items without a confirmation."""
        return [
            item.code
            for item in self.form.items
            if item.reconstructed and item.code not in self.confirmations
        ]


def named(edition: FormEdition) -> str:
    """An edition by name, version and title."""
    return f"{edition.form}@{edition.version} {edition.title}"


def opened(session: Session, edition: FormEdition) -> Opened:
    """Read an edition with its confirmations and the campaigns that use it."""
    confirmed = session.scalars(
        select(ItemConfirmation).where(ItemConfirmation.edition_id == edition.id)
    )
    return Opened(edition, {one.code: one for one in confirmed}, campaigns_with(session, edition))


def campaigns_with(session: Session, edition: FormEdition) -> Sequence[Campaign]:
    """The campaigns that use an edition, newest first."""
    return session.scalars(
        select(Campaign).where(Campaign.edition_id == edition.id).order_by(Campaign.opens.desc())
    ).all()


def find(session: Session, form: str, version: str) -> Opened | None:
    """The edition with this form id and version, or None."""
    edition = edition_of(session, form, version)
    return opened(session, edition) if edition else None


def editions(session: Session) -> list[Opened]:
    """All editions: drafts first, then the published ones, newest first."""
    found = session.scalars(select(FormEdition).order_by(FormEdition.id.desc())).all()
    drafts = [each for each in found if each.published_at is None]
    return [opened(session, each) for each in (*drafts, *(e for e in found if e.published_at))]


def sibling(session: Session, here: Opened, version: str | None) -> Opened | None:
    """Another edition of the same form, or None."""
    if not version or version == here.edition.version:
        return None
    return find(session, here.edition.form, version)


def last_year_of(session: Session, here: Opened) -> Form | None:
    """The form that the counterparts refer to; None where none is named or it is missing."""
    found = sibling(session, here, here.document.get("previous_edition"))
    return found.form if found else None


def siblings(session: Session, here: Opened) -> list[FormEdition]:
    """The other editions of the same form, newest first."""
    others = (
        select(FormEdition)
        .where(FormEdition.form == here.edition.form, FormEdition.id != here.edition.id)
        .order_by(FormEdition.id.desc())
    )
    return list(session.scalars(others))


@dataclass(frozen=True, slots=True)
class Compared:
    """An edition compared with another one; `against` is None where that does not exist."""

    version: str
    against: FormEdition | None
    difference: Difference | None


def compared(session: Session, here: Opened, version: str | None) -> Compared | None:
    """The differences between an edition and `version`, or the one it was copied from."""
    wanted = version or here.document.get("copied_from")
    if not wanted:
        return None
    found = sibling(session, here, wanted)
    if found is None:
        return Compared(wanted, None, None)
    return Compared(wanted, found.edition, difference(found.document, here.document))


def open_points(session: Session, here: Opened) -> Readiness:
    """What still stops a draft from being published, and what is worth a look."""
    return readiness(here.document, here.form, last_year_of(session, here), here.confirmations)


def history(
    session: Session, edition: FormEdition, most: int = MAX_ENTRIES
) -> Sequence[TrailEntry]:
    """The changes of an edition, newest first, from the city's trail."""
    name = f"{edition.form}@{edition.version}"
    return session.scalars(
        select(TrailEntry)
        .where(TrailEntry.action.in_(EDITION_ACTIONS))
        .where(TrailEntry.note.startswith(f"{name} ", autoescape=True))
        .order_by(TrailEntry.number.desc())
        .limit(most)
    ).all()

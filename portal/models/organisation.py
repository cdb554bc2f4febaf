"""Organisations: the union bodies that report, in a tree kept as a path of ids.

The path (``/00000001/00000005/``) was chosen over a closure table: a city's tree is small and
rarely moves, "everything below" is one range of one index, a row needs no second table to
know its ancestors, and the segment below a node can be cut out by its position.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ForeignKey, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.models.base import About, Base, Instant

PATH = String(200).with_variant(String(200, collation="C"), "postgresql")
"""A path, compared sign by sign: a dictionary's order would pass over the strokes."""

SEGMENT = 9
"""Characters that one level adds to a path: eight digits and a stroke."""

KINDS = ("市总", "区总", "开发区", "市直系统", "市直属企（事）业", "基层")


class Organisation(Base):
    """One union body, the tenant; `position` is its place in the city's fixed order.

    `merged_into_id` says for which other one it was closed. `next_parent_id` is the upper union
    that it moves to when its open campaigns have stopped, with who decided that, and when.
    """

    __tablename__ = "organisation"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(32))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    path: Mapped[str] = mapped_column(PATH, unique=True)
    position: Mapped[int]
    contact: Mapped[str] = mapped_column(String(100), default="")
    phone: Mapped[str] = mapped_column(String(50), default="")
    closed_at: Mapped[datetime | None] = mapped_column(Instant)
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    next_parent_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    move_planned_at: Mapped[datetime | None] = mapped_column(Instant)
    move_planned_by: Mapped[str] = mapped_column(String(100), default="")
    move_planned_by_id: Mapped[int | None]

    @property
    def about(self) -> About:
        """What the trail says that an entry on this organisation is about."""
        return About(self.id)

    def forget_planned_move(self) -> None:
        """No move waits any more."""
        self.next_parent_id = self.move_planned_at = self.move_planned_by_id = None
        self.move_planned_by = ""


def path_below(parent_path: str, organisation_id: int) -> str:
    """The path of an organisation whose parent has `parent_path` (``/`` above the root)."""
    return f"{parent_path}{organisation_id:08d}/"


def end_of_subtree(path: str) -> str:
    """The first text after every path that starts with `path`: 0 follows the stroke."""
    return f"{path[:-1]}0"


def end_of_own(path: str) -> str:
    """The first text after `path` itself and before every path below it."""
    return f"{path}!" if path else ""


def organisation_by_code(session: Session, code: str) -> Organisation | None:
    """The organisation with this code, or None."""
    return session.scalar(select(Organisation).where(Organisation.code == code))


def root_organisation(session: Session) -> Organisation | None:
    """The city itself, above all others; None in an empty database."""
    return session.scalar(select(Organisation).where(Organisation.parent_id.is_(None)))


def organisations_below(session: Session, path: str) -> Sequence[Organisation]:
    """The organisation at `path` and everything below it, in the city's fixed order."""
    return session.scalars(
        select(Organisation)
        .where(Organisation.path >= path, Organisation.path < end_of_subtree(path))
        .order_by(Organisation.position, Organisation.code)
    ).all()


def add_organisation(
    session: Session, *, code: str, name: str, kind: str, parent: Organisation | None, position: int
) -> Organisation:
    """Put a new organisation below `parent`; its path is known once its id is."""
    organisation = Organisation(
        code=code,
        name=name,
        kind=kind,
        parent_id=parent.id if parent else None,
        path=f"new {code}",
        position=position,
    )
    session.add(organisation)
    session.flush()
    organisation.path = path_below(parent.path if parent else "/", organisation.id)
    session.flush()
    return organisation


def add_organisations(
    session: Session, new: Sequence[tuple[Organisation, Organisation]]
) -> Sequence[Organisation]:
    """Put many new organisations below the ones that they are paired with, in two statements."""
    for above, one in new:
        one.parent_id, one.path = above.id, f"new {one.code}"
        session.add(one)
    session.flush()
    for above, one in new:
        one.path = path_below(above.path, one.id)
    session.flush()
    return [one for _, one in new]

"""Organisations: the union bodies that report, in a tree kept as a path of ids.

The path (``/00000001/00000005/``) is used instead of a closure table: a city's tree is small and
rarely changes, a subtree is one range of one index, a row knows its ancestors without a second
table, and the child below a node can be cut out of the path by its position.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ForeignKey, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.models.base import About, Base, Instant

PATH = String(200).with_variant(String(200, collation="C"), "postgresql")
"""A path, compared by byte (collation C): a locale's collation may ignore the slashes."""

SEGMENT_LENGTH = 9
"""Characters of one level of a path: eight digits and a slash."""

KINDS = ("市总", "区总", "开发区", "市直系统", "市直属企（事）业", "基层")


class Organisation(Base):
    """One union body, the tenant; `position` is its position in the city's fixed order.

    `merged_into_id` is the organisation that it was merged into. `next_parent_id` is the upper
    union of a planned move, carried out when its open campaigns have stopped; the columns beside
    it record who planned the move, and when.
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
        """Clear the columns of a planned move."""
        self.next_parent_id = self.move_planned_at = self.move_planned_by_id = None
        self.move_planned_by = ""


def path_below(parent_path: str, organisation_id: int) -> str:
    """The path of an organisation whose parent has `parent_path` (``/`` above the root)."""
    return f"{parent_path}{organisation_id:08d}/"


def end_of_subtree(path: str) -> str:
    """The exclusive upper bound of paths that start with `path`: ``0`` follows ``/`` in ASCII."""
    return f"{path[:-1]}0"


def end_of_own(path: str) -> str:
    """The exclusive upper bound of `path` alone, before every path below it."""
    return f"{path}!" if path else ""


def organisation_by_code(session: Session, code: str) -> Organisation | None:
    """The organisation with this code, or None."""
    return session.scalar(select(Organisation).where(Organisation.code == code))


def root_organisation(session: Session) -> Organisation | None:
    """The root organisation (the city); None in an empty database."""
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
    """Add an organisation below `parent`; flushes once, since its path contains its id."""
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
    """Add many organisations, each below the one it is paired with, in two statements."""
    for above, one in new:
        one.parent_id, one.path = above.id, f"new {one.code}"
        session.add(one)
    session.flush()
    for above, one in new:
        one.path = path_below(above.path, one.id)
    session.flush()
    return [one for _, one in new]

"""The trail (操作日志): who did what, append-only, each entry chained to the one before.

Every organisation has its own chain; entries about the whole installation are in the city's chain.
A single chain would make each save lock and read another organisation's row.
"""

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, NamedTuple, Protocol

from sqlalchemy import (
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    bindparam,
    insert,
    select,
    update,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.models.base import About, Base, Instant, TenantOwned
from portal.models.prepared import Prepared, execute
from portal.models.trail_actions import Action, EntryChannel


class TrailEntry(TenantOwned, Base):
    """One recorded action; `old` and `new` are figures as plain decimals, or short texts."""

    __tablename__ = "trail"
    __table_args__ = (
        UniqueConstraint("organisation_id", "number"),
        Index("ix_trail_report_id_item", "report_id", "item"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int]
    at: Mapped[datetime] = mapped_column(Instant)
    actor_id: Mapped[int | None]
    actor: Mapped[str] = mapped_column(String(100))
    action: Mapped[str] = mapped_column(String(32))
    channel: Mapped[str] = mapped_column(String(16))
    report_id: Mapped[int | None]
    campaign_id: Mapped[int | None] = mapped_column(index=True)
    item: Mapped[str | None] = mapped_column(String(8))
    old: Mapped[str | None] = mapped_column(String(500))
    new: Mapped[str | None] = mapped_column(String(500))
    version: Mapped[int | None]
    batch_id: Mapped[int | None]
    nonce: Mapped[str | None] = mapped_column(String(64))
    note: Mapped[str] = mapped_column(Text, default="")
    previous: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))


class TrailHead(TenantOwned, Base):
    """The newest number and hash of an organisation's chain; it reveals deleted last entries."""

    __tablename__ = "trail_head"

    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    number: Mapped[int]
    hash: Mapped[str] = mapped_column(String(64))


BEGINNING = "0" * 64
"""What the first entry of a chain is chained to."""

CHAINED = (
    "organisation_id",
    "number",
    "at",
    "actor_id",
    "actor",
    "action",
    "channel",
    "report_id",
    "campaign_id",
    "item",
    "old",
    "new",
    "version",
    "batch_id",
    "nonce",
    "note",
    "previous",
)

_head = Prepared(
    select(TrailHead.number, TrailHead.hash)
    .where(TrailHead.organisation_id == bindparam("of_organisation"))
    .with_for_update()
)
_move_head = Prepared(
    update(TrailHead)
    .where(TrailHead.organisation_id == bindparam("of_organisation"))
    .values(number=bindparam("head"), hash=bindparam("head_hash"))
)
_append = Prepared(insert(TrailEntry))


class Author(Protocol):
    """Who did something: a person in the browser, or a command; and by which way it came."""

    @property
    def name(self) -> str:
        """The name that the trail keeps."""

    @property
    def id(self) -> int | None:
        """The number of the account; None for a command."""

    @property
    def channel(self) -> EntryChannel:
        """The way, where the entry names no other."""


class Entry(NamedTuple):
    """What one entry says, beside what it is about, who did it, and when."""

    action: Action
    item: str | None = None
    old: str | None = None
    new: str | None = None
    version: int | None = None
    batch_id: int | None = None
    nonce: str | None = None
    note: str = ""


def record(
    session: Session,
    action: Action,
    about: About,
    *,
    by: Author,
    at: datetime,
    channel: EntryChannel | None = None,
    item: str | None = None,
    old: str | None = None,
    new: str | None = None,
    note: str = "",
) -> None:
    """Append one entry to the organisation's chain, in the transaction of the change itself.

    `channel` is the author's own unless it is given.
    """
    entry = Entry(action, item=item, old=old, new=new, note=note)
    record_all(session, about, [entry], by=by, at=at, channel=channel)


def record_all(
    session: Session,
    about: About,
    entries: Sequence[Entry],
    *,
    by: Author,
    at: datetime,
    channel: EntryChannel | None = None,
) -> None:
    """Append several entries about one thing, of one moment and one person, in their order."""
    if not entries:
        return
    known = execute(session, _head, {"of_organisation": about.organisation_id})
    told = [(about, entry) for entry in entries]
    rows = _chained(told, known[0] if known else (0, BEGINNING), by, at, channel)
    execute(session, _append, rows)
    newest = rows[-1]
    _set_head(session, about.organisation_id, newest["number"], newest["hash"], is_new=not known)


def _chained(
    told: Iterable[tuple[About, Entry]],
    head: tuple[int, str],
    by: Author,
    at: datetime,
    channel: EntryChannel | None,
) -> list[dict[str, Any]]:
    """The entries as rows, each numbered and chained to the one before, from `head` on."""
    number, previous = head
    common = {"at": at, "actor": by.name, "actor_id": by.id, "channel": channel or by.channel}
    rows = []
    for about, entry in told:
        number += 1
        action, item, old, new, version, batch_id, nonce, note = entry
        row: dict[str, Any] = {
            **common,
            "organisation_id": about.organisation_id,
            "report_id": about.report_id,
            "campaign_id": about.campaign_id,
            "number": number,
            "action": action,
            "item": item,
            "old": old,
            "new": new,
            "version": version,
            "batch_id": batch_id,
            "nonce": nonce,
            "note": note,
            "previous": previous,
        }
        previous = row["hash"] = entry_hash(row)
        rows.append(row)
    return rows


def record_everywhere(
    session: Session,
    told: Iterable[tuple[About, Entry]],
    *,
    by: Author,
    at: datetime,
    channel: EntryChannel | None = None,
) -> None:
    """Append entries to the chains of many organisations, each entry with what it is about.

    A thousand chains take a handful of statements; the session has a door to all of them.
    """
    chains: dict[int, list[tuple[About, Entry]]] = {}
    for about, entry in told:
        chains.setdefault(about.organisation_id, []).append((about, entry))
    heads = _heads(session, sorted(chains))
    rows, begun = [], []
    for organisation_id, some in chains.items():
        known = heads.get(organisation_id)
        more = _chained(some, known or (0, BEGINNING), by, at, channel)
        rows += more
        number, newest = more[-1]["number"], more[-1]["hash"]
        if known:
            _set_head(session, organisation_id, number, newest, is_new=False)
        else:
            row = {"organisation_id": organisation_id, "number": number, "hash": newest}
            begun.append(row)
    if rows:
        execute(session, _append, rows)
    if begun:
        session.execute(insert(TrailHead), begun)


AT_ONCE = 500
"""Organisations named in one statement: databases limit how many values it may carry."""


def _heads(session: Session, organisation_ids: Sequence[int]) -> dict[int, tuple[int, str]]:
    found: dict[int, tuple[int, str]] = {}
    for start in range(0, len(organisation_ids), AT_ONCE):
        wanted = (
            select(TrailHead.organisation_id, TrailHead.number, TrailHead.hash)
            .where(TrailHead.organisation_id.in_(organisation_ids[start : start + AT_ONCE]))
            .order_by(TrailHead.organisation_id)
            .with_for_update()
        )
        found |= {row[0]: (row[1], row[2]) for row in session.execute(wanted)}
    return found


def _set_head(
    session: Session, organisation_id: int, number: int, newest: str, *, is_new: bool
) -> None:
    if is_new:
        row = {"organisation_id": organisation_id, "number": number, "hash": newest}
        session.execute(insert(TrailHead), [row])
    else:
        execute(
            session,
            _move_head,
            {"of_organisation": organisation_id, "head": number, "head_hash": newest},
        )


def entry_hash(row: dict[str, Any]) -> str:
    """The sha256 over an entry's content and the previous entry's hash."""
    # Entries without a campaign are hashed without it, as before that column was added.
    content = {
        name: row[name] for name in CHAINED if name != "campaign_id" or row[name] is not None
    }
    content["at"] = row["at"].astimezone(UTC).isoformat(timespec="microseconds")
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return sha256(text.encode()).hexdigest()

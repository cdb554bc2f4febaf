"""Form editions in the database: the data, its sha256, and confirmed items."""

import json
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from hashlib import sha256
from typing import Any

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.domain.form.form import Form, parse_form
from portal.models.base import Base, Instant


class FormEdition(Base):
    """One edition of a form; `document` is its data as JSON and never changes once published.

    `revision` counts the changes of a draft, so that an edit of an older revision is refused.
    """

    __tablename__ = "form_edition"
    __table_args__ = (UniqueConstraint("form", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    form: Mapped[str] = mapped_column(String(64))
    version: Mapped[str] = mapped_column(String(32))
    title: Mapped[str] = mapped_column(String(200))
    document: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(String(64))
    revision: Mapped[int] = mapped_column(default=1, server_default="1")
    created_at: Mapped[datetime] = mapped_column(Instant)
    published_at: Mapped[datetime | None] = mapped_column(Instant)


class ItemConfirmation(Base):
    """The administrator's confirmation that a reconstructed item of an edition is right.

    `statement` gives the ground. It is a row of its own, so that it can be added after
    publication too.
    """

    __tablename__ = "item_confirmation"

    edition_id: Mapped[int] = mapped_column(ForeignKey("form_edition.id"), primary_key=True)
    code: Mapped[str] = mapped_column(String(8), primary_key=True)
    confirmed_by: Mapped[str] = mapped_column(String(100))
    confirmed_at: Mapped[datetime] = mapped_column(Instant)
    statement: Mapped[str] = mapped_column(String(500), default="", server_default="")


def add_edition(session: Session, document: Mapping[str, Any], *, at: datetime) -> FormEdition:
    """Keep `document` as a draft edition; raises `FormError` when it is no usable form."""
    form = parse_form(document)
    edition = FormEdition(form=form.id, version=form.version, revision=0, created_at=at)
    write_document(edition, document)
    session.add(edition)
    session.flush()
    return edition


def write_document(edition: FormEdition, document: Mapping[str, Any]) -> None:
    """Put `document`, which is a usable form, into an edition that is still a draft."""
    edition.title = str(document["title"])
    edition.document = json.dumps(document, ensure_ascii=False, indent=1)
    edition.sha256 = fingerprint_of(edition.document)
    edition.revision += 1


READ = ("label", "unit", "decimals", "measure", "formula", "within", "note")
"""The fields of an item that its confirmation covers."""


def rewrite(session: Session, edition: FormEdition, document: Mapping[str, Any]) -> None:
    """Replace the document of a draft.

    An item's confirmation is deleted if one of its `READ` fields changed or the item is gone.
    """
    before, after = _as_read(json.loads(edition.document)), _as_read(document)
    write_document(edition, document)
    session.flush()
    changed = [code for code, reading in before.items() if after.get(code) != reading]
    session.execute(
        delete(ItemConfirmation).where(
            ItemConfirmation.edition_id == edition.id, ItemConfirmation.code.in_(changed)
        )
    )


def _as_read(document: Mapping[str, Any]) -> dict[str, list[Any]]:
    return {item["code"]: [item.get(name) for name in READ] for item in document["items"]}


def fingerprint_of(document: str) -> str:
    """The sha256 of an edition's text."""
    return sha256(document.encode()).hexdigest()


def edition_of(session: Session, form: str, version: str) -> FormEdition | None:
    """The edition with this form id and version, or None."""
    return session.scalar(
        select(FormEdition).where(FormEdition.form == form, FormEdition.version == version)
    )


@lru_cache(maxsize=64)
def parsed_form(fingerprint: str, document: str, limits: str) -> Form:
    """Parse an edition's form, once per process; `limits` are a campaign's own, as JSON.

    Raises `FormError` when it is no usable form.
    """
    return parse_form(json.loads(document), json.loads(limits))

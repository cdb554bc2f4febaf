"""Form editions: import one as a draft, publish it."""

import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from portal.access.actor import Actor
from portal.domain.drafting.document import require_shape
from portal.domain.form.form import parse_form
from portal.models import FormEdition
from portal.models.form import add_edition, edition_of, rewrite
from portal.models.trail_actions import Action
from portal.register.city_trail import record_for_city

EDITION_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
"""Names and versions of editions, which are parts of URLs."""


def import_edition(
    session: Session, document: Mapping[str, Any], *, by: Actor, at: datetime
) -> FormEdition:
    """Store a form's data as a draft edition, replacing a draft of the same version.

    Importing the same data again changes nothing. Raises `FormError` when it is no usable form, and
    `ValueError` when that version is published with other data.
    """
    require_shape(document)
    form = parse_form(document)
    require_edition_name(form.id, form.version)
    edition = edition_of(session, form.id, form.version)
    if edition is None:
        edition = add_edition(session, document, at=at)
    elif json.loads(edition.document) == document:
        return edition
    elif edition.published_at:
        raise ValueError(f"{edition_label(edition)} 已经发布，不能改动；内容不同的请改用新的版次。")
    else:
        rewrite(session, edition, document)
    record_for_city(session, Action.FORM_ADDED, edition_label(edition), by=by, at=at)
    return edition


def require_edition_name(form: str, version: str) -> None:
    """Raise `ValueError` with a sentence unless the name and version are allowed."""
    for text, most in ((form, 64), (version, 32)):
        if not EDITION_NAME.fullmatch(text) or len(text) > most:
            raise ValueError(
                f"表样的名称和版次应为不超过 {most} 位的字母、数字或 . _ -，不能是“{text}”。"
            )


def publish_edition(session: Session, edition: FormEdition, *, by: Actor, at: datetime) -> None:
    """Publish an edition, which makes it immutable. A second call changes nothing."""
    if edition.published_at is None:
        edition.published_at = at
        session.flush()
        record_for_city(session, Action.FORM_PUBLISHED, edition_label(edition), by=by, at=at)


def edition_label(edition: FormEdition) -> str:
    return f"{edition.form}@{edition.version} {edition.title}"
